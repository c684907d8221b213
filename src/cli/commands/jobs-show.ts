import type { Adapter } from "../../adapters/adapter.ts";
import { JobEntry } from "../../inspection/entries/job-entry.ts";
import { progressIn, type Progress } from "../../job/handle/progress.ts";
import { prereqsOf } from "../../job/record/recorded-prerequisites.ts";
import { findJob } from "../../inspection/lists/find-job.ts";
import type { FoundJob } from "../../inspection/lists/jobs.ts";
import { callOf, contextOf, spokenProgress, stateOf } from "../operating/shown-job.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { folded } from "../terminal/layout.ts";
import { jsonLine, printable } from "../../support/printable.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { fromNow, spoken } from "../../support/wording.ts";

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
      let missing = 0;
      for (const jid of positionals) {
        const found = await findJob(jid, {}, adapter);
        const [noted] = await adapter.notes.readProgress([jid]);
        const progress = progressIn(noted);
        if (found === undefined) {
          missing += 1;
          terminal.note(`There is no job ${jid}: ${await whyNot(adapter, jid)}`);
        } else if (values.json === true) {
          const { place, entry } = found;
          const { id, queueName, record, payload } = entry;
          terminal.print(
            jsonLine(
              JSON.stringify({
                jid: id,
                place,
                queue: queueName,
                progress,
                record: record ?? payload,
              }),
            ),
          );
        } else {
          const waitsFor = await openPrerequisites(found, adapter);
          show({ ...found, progress, waitsFor }, await adapter.store.now(), terminal);
        }
      }
      return missing === 0 ? 0 : 1;
    }),
});

async function whyNot(adapter: Adapter, jid: string): Promise<string> {
  switch (await adapter.status(jid)) {
    case "cancelled":
      return "it was cancelled";
    case "unknown":
      return "no jid is like that, and none of that name is remembered";
    default:
      return "it is finished, or was never there";
  }
}

/** Columns before a field's value. */
const LABEL = 16;

/** What the time of a place is. */
const WORDS: Readonly<Record<string, string>> = { dead: "died", finished: "ended" };

interface Shown extends FoundJob {
  readonly progress: Progress | undefined;
  /** Of a blocked job; `undefined` of others. */
  readonly waitsFor: string | undefined;
}

/** Which jobs keep a blocked one waiting: those of its prerequisites that are not over. */
async function openPrerequisites(
  { place, entry }: FoundJob,
  adapter: Adapter,
): Promise<string | undefined> {
  if (place !== "blocked") {
    return undefined;
  }
  const jids = entry.record === undefined ? undefined : prereqsOf(entry.record);
  // One that does not say what it waits for cannot be judged.
  if (jids === undefined) {
    return undefined;
  }
  const open = await adapter.unfinished(jids);
  return open.length > 0 ? open.join(", ") : "nothing: all that it waited for is over";
}

function show(found: Shown, now: number, terminal: Terminal): void {
  const { place, entry, progress, waitsFor } = found;
  const moment = (date: Date | undefined): string | undefined =>
    date && `${date.toISOString()} (${fromNow(date, now)})`;
  // A clock that is ahead of the store's has said nothing in the future.
  const saidAt = progress && new Date(Math.min(progress.at.getTime(), now * 1000));
  const { errorClass, errorMessage, retryCount, tags } = entry;
  const failed = errorClass === undefined ? undefined : `${errorClass}: ${errorMessage ?? ""}`;
  const fields: Readonly<Record<string, string | undefined>> = {
    place:
      place === "queue"
        ? `queue ${entry.queueName}`
        : `${stateOf(found)}, of queue ${entry.queueName}`,
    deferred: moment(entry.createdAt),
    enqueued: moment(entry.enqueuedAt),
    ...(entry instanceof JobEntry
      ? {
          [WORDS[place] ?? "due"]: moment(entry.at),
          outcome: entry.outcome,
          started: moment(entry.startedAt),
          took: entry.duration === undefined ? undefined : spoken(entry.duration),
        }
      : {
          started: moment(entry.startedAt),
          worker: entry.library === "sidekiq" ? `${entry.identity} (Sidekiq)` : entry.identity,
        }),
    progress: progress && `${spokenProgress(progress)} (${fromNow(saidAt, now)})`,
    "waits for": waitsFor,
    tags: tags.length === 0 ? undefined : tags.join(", "),
    context: contextOf(found),
    failed,
    "failed first": moment(entry.failedAt),
    "failed last": retryCount === 0 ? undefined : moment(entry.lastFailedAt),
    retries: retryCount === undefined ? undefined : String(retryCount),
  };
  const head = printable(`${entry.id ?? "(no jid)"}  ${callOf(found)}`);
  terminal.print(terminal.colour("bold", head));
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) {
      const [first = "", ...rest] = folded(value, terminal.columns - LABEL, 0);
      terminal.print(`  ${terminal.colour("dim", name.padEnd(LABEL - 4))}  ${first}`);
      rest.forEach((line) => terminal.print(`${" ".repeat(LABEL)}${line}`));
    }
  }
  entry.backtrace.forEach((line) => terminal.print(`    ${printable(line)}`));
}
