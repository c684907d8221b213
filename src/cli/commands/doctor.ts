import { checkBlocked, checkClasses, checkLeases } from "../doctor/jobs.ts";
import type { Check, Finding } from "../doctor/finding.ts";
import { checkQueues } from "../doctor/queues.ts";
import { checkServer } from "../doctor/server.ts";
import { checkTime } from "../doctor/time.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { fitted, folded } from "../terminal/layout.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { jsonLine } from "../../support/printable.ts";

const CHECKS: readonly Check[] = [
  checkServer,
  checkTime,
  checkQueues,
  checkLeases,
  checkBlocked,
  checkClasses,
];

const SIGNS = { ok: ["ok", "green"], warning: ["!", "yellow"], wrong: ["WRONG", "red"] } as const;

export const doctorCommand: ProgramCommand = defineCommand({
  name: "doctor",
  summary: "look for what is wrong, and say what to do",
  options: { ...STORE_OPTIONS, json: { type: "boolean", about: "a line of JSON for each check" } },
  notes: "Ends with 1 if something is wrong; warnings count for nothing.",
  run: ({ values, terminal }) =>
    withStore(
      values,
      async (adapter, knowsClasses) => {
        const patient = { adapter, knowsClasses, signal: terminal.interrupted };
        let isWrong = false;
        for (const check of CHECKS) {
          for (const finding of await check(patient)) {
            isWrong ||= finding.level === "wrong";
            if (values.json === true) {
              terminal.print(jsonLine(JSON.stringify(finding)));
            } else {
              show(finding, terminal);
            }
          }
        }
        return isWrong ? 1 : 0;
      },
      { classes: true },
    ),
});

function show({ check, level, found, todo }: Finding, terminal: Terminal): void {
  const [sign, colour] = SIGNS[level];
  const text = `${fitted(check, 18)}  ${found}`;
  const [first = "", ...rest] = folded(text, terminal.columns - 7, 20);
  terminal.print(`${terminal.colour(colour, sign.padEnd(5))}  ${first}`);
  rest.forEach((line) => terminal.print(`${" ".repeat(7)}${line}`));
  if (todo !== undefined) {
    const lines = folded(`→ ${todo}`, terminal.columns - 27, 2);
    lines.forEach((line) => terminal.print(`${" ".repeat(27)}${line}`));
  }
}
