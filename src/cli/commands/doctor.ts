import type { Adapter } from "../../adapters/adapter.ts";
import type { Finding } from "../../adapters/finding.ts";
import { doctor, type DoctorOptions } from "../../inspection/doctor/doctor.ts";
import { STORE_OPTIONS, typed, withStore } from "../operating/store.ts";
import { scheduledTwice } from "../redis/scheduled-twice.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { redisUrlOf, storeAddress } from "../store-address.ts";
import { fitted, folded } from "../terminal/layout.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { jsonLine } from "../../support/printable.ts";

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
        const options = { knowsClasses, signal: terminal.interrupted };
        let isWrong = false;
        const url = redisUrlOf(storeAddress(typed(values)));
        for await (const finding of examine(options, adapter, url)) {
          isWrong ||= finding.level === "wrong";
          const said = withCommands(finding, knowsClasses);
          if (values.json === true) {
            terminal.print(jsonLine(JSON.stringify(said)));
          } else {
            show(said, terminal);
          }
        }
        return isWrong ? 1 : 0;
      },
      { classes: true },
    ),
});

async function* examine(
  options: DoctorOptions,
  adapter: Adapter,
  url: string | undefined,
): AsyncGenerator<Finding, void, void> {
  yield* doctor(options, adapter);
  if (url !== undefined && adapter.documents !== undefined) {
    yield* await scheduledTwice(adapter, url);
  }
}

/** What to type, where this program does what is to be done. */
const COMMANDS: Readonly<Record<string, (finding: Finding) => string>> = {
  "no-workers": () => "Start one: mandate worker",
  "queue-paused": ({ queue }) => `When it may go on: mandate queues resume ${queue}`,
  "queue-unserved": ({ queue }) => `Start a worker with -q ${queue}`,
  "limit-held-long": ({ jid }) =>
    `Look what that job does: mandate jobs show ${jid}. Give its class a timeout, or cancel it`,
  "blocked-by-nothing": ({ jid }) =>
    `Start a worker: it hands them on. If one runs: mandate jobs promote ${jid}`,
  "unknown-classes": () =>
    "Load their files (-r), deploy them, or name them in formerNames of what they are called now",
};

function withCommands(finding: Finding, knowsClasses: boolean): Finding {
  if (finding.check === "classes" && !knowsClasses) {
    return { ...finding, found: `${finding.found}; give -r ./commands for that` };
  }
  const todo = COMMANDS[finding.problem ?? ""]?.(finding);
  return todo === undefined ? finding : { ...finding, todo };
}

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
