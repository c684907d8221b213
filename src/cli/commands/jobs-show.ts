import { JobEntry } from "../../inspection/job-entry.ts";
import { progressIn, type Progress } from "../../job/progress.ts";
import { findJob } from "../operating/find-jobs.ts";
import type { FoundJob } from "../../inspection/jobs.ts";
import { callOf, contextOf, spokenProgress } from "../operating/shown-job.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { printable } from "../terminal/layout.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { fromNow, spoken } from "../terminal/wording.ts";

export const jobsShowCommand: ProgramCommand = defineCommand({
  name: "jobs show",
  summary: "show all that is known of jobs, backtraces included",
  operands: { usage: "JID…", least: 1, most: Infinity },
  options: {
    json: { type: "boolean", about: "a line of JSON for each, with the record as it is" },
    ...STORE_OPTIONS,
  },
  run: ({ values, positionals, terminal }) =>
    withStore(values, async (adapter) => {
      const now = await adapter.store.now();
      let missing = 0;
      for (const jid of positionals) {
        const found = await findJob(adapter, jid);
        const [noted] = await adapter.notes.readProgress([jid]);
        const progress = progressIn(noted);
        if (found === undefined) {
          missing += 1;
          terminal.note(`There is no job ${jid}: it is finished, or was never there`);
        } else if (values.json === true) {
          const { place, entry } = found;
          const { id, queueName, record, payload } = entry;
          terminal.print(
            JSON.stringify({
              jid: id,
              place,
              queue: queueName,
              progress,
              record: record ?? payload,
            }),
          );
        } else {
          show({ ...found, progress }, now, terminal);
        }
      }
      return missing === 0 ? 0 : 1;
    }),
});

/** What the time of a place is. */
const WORDS: Readonly<Record<string, string>> = { dead: "died", finished: "ended" };

interface Shown extends FoundJob {
  readonly progress: Progress | undefined;
}

function show(found: Shown, now: number, terminal: Terminal): void {
  const { place, entry, progress } = found;
  const moment = (date: Date | undefined): string | undefined =>
    date && `${date.toISOString()} (${fromNow(date, now)})`;
  const { errorClass, errorMessage, retryCount, tags } = entry;
  const failed = errorClass === undefined ? undefined : `${errorClass}: ${errorMessage ?? ""}`;
  const fields: Readonly<Record<string, string | undefined>> = {
    place: place === "queue" ? `queue ${entry.queueName}` : `${place}, of queue ${entry.queueName}`,
    deferred: moment(entry.createdAt),
    enqueued: moment(entry.enqueuedAt),
    ...(entry instanceof JobEntry
      ? {
          [WORDS[place] ?? "due"]: moment(entry.at),
          outcome: entry.outcome,
          started: moment(entry.startedAt),
          took: entry.duration === undefined ? undefined : spoken(entry.duration),
        }
      : { started: moment(entry.startedAt), worker: entry.identity }),
    progress: progress && `${spokenProgress(progress)} (${fromNow(progress.at, now)})`,
    tags: tags.length === 0 ? undefined : tags.join(", "),
    context: contextOf(found),
    failed,
    "failed first": moment(entry.failedAt),
    "failed last": retryCount === 0 ? undefined : moment(entry.lastFailedAt),
    retries: retryCount === undefined ? undefined : String(retryCount),
  };
  terminal.print(terminal.colour("bold", `${entry.id ?? "(no jid)"}  ${callOf(found)}`));
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) {
      terminal.print(`  ${terminal.colour("dim", name.padEnd(12))}  ${printable(value)}`);
    }
  }
  entry.backtrace.forEach((line) => terminal.print(`    ${printable(line)}`));
}
