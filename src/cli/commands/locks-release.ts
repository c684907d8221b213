import { releaseLock } from "../../guards/unique/locks.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const locksReleaseCommand: ProgramCommand = defineCommand({
  name: "locks release",
  summary: "let go of keys, so that another such job may be enqueued",
  operands: { usage: "KEY…", least: 1, most: Infinity },
  options: STORE_OPTIONS,
  run: ({ values, positionals, terminal }) =>
    withStore(values, async (adapter) => {
      let code = 0;
      for (const key of positionals) {
        const holders = await releaseLock(key, adapter);
        if (holders.length > 0) {
          terminal.print(`Released ${key}, which job ${holders.join(", ")} held`);
        } else {
          terminal.note(`Nobody holds ${key}. See mandate locks list`);
          code = 1;
        }
      }
      return code;
    }),
});
