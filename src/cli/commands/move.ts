import { openAdapter } from "../../adapters/open-adapter.ts";
import { moveJobs, type MoveReport } from "../../inspection/move/move-jobs.ts";
import { silentLogger } from "../../support/logger.ts";
import { jsonLine } from "../../support/printable.ts";
import { countOf } from "../../support/wording.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { assertThere } from "../store-address.ts";
import { UsageError } from "../usage.ts";

export const moveCommand: ProgramCommand = defineCommand({
  name: "move",
  summary: "move all jobs into another store",
  options: {
    from: { type: "string", value: "URL", about: "where the jobs are" },
    to: { type: "string", value: "URL", about: "where they are to be" },
    "dry-run": { type: "boolean", about: "say what would be done, and do nothing" },
    json: { type: "boolean", about: "what was done, as a line of JSON" },
  },
  notes:
    "No worker may run on the old store, and whoever enqueues should use the new one\n" +
    "already. The queues of both are paused meanwhile. It may be ended and begun\n" +
    "again. Ends with 1 where jobs stay.",
  async run({ values, terminal }) {
    const [from, to] = await Promise.all([open("from", values.from), open("to", values.to)]);
    try {
      const dryRun = values["dry-run"] === true;
      const report = await moveJobs(from, to, { dryRun, signal: terminal.interrupted });
      if (values.json === true) {
        terminal.print(jsonLine(JSON.stringify(report)));
      } else {
        terminal.print(`${dryRun ? "Would move" : "Moved"} ${countOf(report.moved, "job")}`);
        stayed(report).forEach((line) => terminal.note(line));
      }
      return stayed(report).length === 0 ? 0 : 1;
    } finally {
      await Promise.all([from.close(), to.close()]);
    }
  },
});

/** @throws {UsageError} if no URL was given, or it is one that no other process can see. */
async function open(name: "from" | "to", url: string | undefined): ReturnType<typeof openAdapter> {
  if (url === undefined) {
    throw new UsageError(`Cannot tell where to move jobs ${name}: give --${name} URL`);
  }
  const address = { url, by: `--${name}` };
  if (name === "from") assertThere(address);
  const adapter = await openAdapter(address, { logger: silentLogger });
  if (!adapter.capabilities.persistent) {
    throw new UsageError(`Cannot move jobs ${name} ${url}: it is in the memory of this process`);
  }
  return adapter;
}

function stayed({ refused, ofBatches, unreadable }: MoveReport): string[] {
  const lines: string[] = [];
  const stay = (count: number): string => (count === 1 ? "stays" : "stay");
  if (refused.length > 0) {
    const jobs = countOf(refused.length, "job");
    lines.push(
      `${jobs} ${stay(refused.length)}: the new store has others that hold the keys, as of ${refused[0]}`,
    );
  }
  if (ofBatches > 0) {
    const jobs = countOf(ofBatches, "job");
    lines.push(`${jobs} of batches ${stay(ofBatches)}: let a worker end those first`);
  }
  if (unreadable > 0) {
    const what = unreadable === 1 ? "it is" : "they are";
    lines.push(`${countOf(unreadable, "job")} ${stay(unreadable)}: what ${what} cannot be read`);
  }
  return lines;
}
