import { rotateKeys, type KeyRotation } from "../../inspection/actions/rotate-keys.ts";
import { jsonLine } from "../../support/printable.ts";
import { countOf } from "../../support/wording.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const rotateKeysCommand: ProgramCommand = defineCommand({
  name: "rotate-keys",
  summary: "encrypt with the current key what waits",
  options: {
    "dry-run": { type: "boolean", about: "say what would be done, and do nothing" },
    json: { type: "boolean", about: "what was done, as a line of JSON" },
    ...STORE_OPTIONS,
  },
  notes:
    "The files (-r) have to configure the keys. Workers may run, and it may be\n" +
    "ended and begun again. Ends with 1 as long as older keys are needed.",
  run: ({ values, terminal }) =>
    withStore(
      values,
      async (adapter) => {
        const dryRun = values["dry-run"] === true;
        const { interrupted: signal } = terminal;
        const found = await rotateKeys({ dryRun, signal }, adapter);
        const { rewritten, recurring, running, missing } = found;
        if (values.json === true) {
          terminal.print(jsonLine(JSON.stringify(found)));
        } else {
          const others = recurring === 0 ? "" : `, and ${countOf(recurring, "recurring job")}`;
          const deed = dryRun ? "Would encrypt" : "Encrypted";
          terminal.print(`${deed} ${countOf(rewritten, "job")}${others} anew`);
          obstacles(found).forEach((line) => terminal.note(line));
        }
        const isDone = running === 0 && Object.keys(missing).length === 0;
        return isDone && !(dryRun && rewritten > 0) ? 0 : 1;
      },
      { classes: true },
    ),
});

/** What keeps older keys in use, and what can be read with none. */
function obstacles({ missing, damaged, running }: KeyRotation): string[] {
  const lines = Object.entries(missing).map(
    ([name, count]) =>
      `${countOf(count, "job")} ${count === 1 ? "needs" : "need"} key "${name}", which is not configured here`,
  );
  if (damaged > 0) {
    lines.push(`${countOf(damaged, "job")} cannot be read: altered, or moved from elsewhere`);
  }
  if (running > 0) {
    lines.push(
      `${countOf(running, "job")} of older keys with workers: do this again once they have ended`,
    );
  }
  return lines;
}
