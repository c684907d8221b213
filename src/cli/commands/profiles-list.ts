import { profiles } from "../../inspection/profiles.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";
import { bytes, fromNow, spoken } from "../../support/wording.ts";
import { jsonLine } from "../../support/printable.ts";

export const profilesListCommand: ProgramCommand = defineCommand({
  name: "profiles list",
  summary: "list what was recorded of jobs' runs, the latest first",
  options: { ...STORE_OPTIONS, json: { type: "boolean", about: "a line of JSON for each" } },
  run: ({ values, terminal }) =>
    withStore(values, async (adapter) => {
      const found = await profiles(adapter);
      if (values.json === true) {
        found.forEach((each) => terminal.print(jsonLine(JSON.stringify(each))));
        return;
      }
      if (found.length === 0) {
        terminal.note('There are no profiles. Defer a job by X.set({ profile: "a-name" }).defer()');
        return;
      }
      const now = await adapter.store.now();
      const [heading = "", ...lines] = tableLines(
        [
          { title: "PROFILE", whole: true },
          { title: "JOB" },
          { title: "RAN", right: true },
          { title: "SIZE", right: true },
          { title: "BEGAN" },
        ],
        found.map(({ key, className, seconds, size, startedAt }) => [
          key,
          className,
          spoken(seconds),
          bytes(size),
          fromNow(startedAt, now),
        ]),
        terminal.columns,
      );
      [terminal.colour("dim", heading), ...lines].forEach((line) => terminal.print(line));
    }),
});
