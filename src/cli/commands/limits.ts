import { limiters, type LimiterState } from "../../guards/limiter/limiters.ts";
import { limitStats, type LimitStats } from "../../inspection/figures/limits.ts";
import { spokenLimit } from "../../job/checks/queue-limit.ts";
import { jsonLine } from "../../support/printable.ts";
import { counted } from "../../support/wording.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";

export const limitsCommand: ProgramCommand = defineCommand({
  name: "limits",
  summary: "list limits for which jobs wait, and limiters in use",
  options: { ...STORE_OPTIONS, json: { type: "boolean", about: "a line of JSON for each" } },
  run: ({ values, terminal }) =>
    withStore(values, async (adapter) => {
      const limits = await limitStats(adapter);
      const used: LimiterState[] = [];
      for await (const limiter of limiters(adapter)) {
        used.push(limiter);
      }
      if (values.json === true) {
        [...limits, ...used].forEach((each) => terminal.print(jsonLine(JSON.stringify(each))));
        return;
      }
      if (limits.length + used.length === 0) {
        terminal.note("No job waits for a limit, and no limiter is in use");
        return;
      }
      used.sort((one, other) => (one.key < other.key ? -1 : 1));
      const [heading = "", ...lines] = tableLines(
        [
          { title: "LIMIT" },
          { title: "USED", right: true },
          { title: "OF" },
          { title: "WAIT", right: true },
        ],
        [...limits.map(rowOfLimit), ...used.map(rowOfLimiter)],
        terminal.columns,
      );
      terminal.print(terminal.colour("dim", heading));
      lines.forEach((line) => terminal.print(line));
    }),
});

function rowOfLimit({ limit, to, rate, running, waiting }: LimitStats): string[] {
  const used = rate === undefined ? counted(running) : "";
  return [limit, used, spokenLimit({ to, rate }), counted(waiting)];
}

/** Who waits for a limiter does so in its own code: nobody counts them. */
function rowOfLimiter({ kind, name, used, size }: LimiterState): string[] {
  return [`limiter ${kind} ${name}`, counted(used), counted(size), ""];
}
