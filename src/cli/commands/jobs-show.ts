import type { Adapter } from "../../adapters/adapter.ts";
import { JobEntry } from "../../inspection/entries/job-entry.ts";
import type { StepState } from "../../inspection/entries/step-state.ts";
import type { BlockedBy } from "../../inspection/lists/blocked-by.ts";
import {
  jobDetails,
  type JobDetails,
  type KeptResult,
  type RelatedJob,
} from "../../inspection/lists/job-details.ts";
import { callOf, contextOf, spokenProgress, stateOf } from "../operating/shown-job.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { folded } from "../terminal/layout.ts";
import { jsonLine, printable } from "../../support/printable.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { countOf, fromNow, spoken } from "../../support/wording.ts";

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
        const found = await jobDetails(jid, adapter);
        if (found === undefined) {
          missing += 1;
          terminal.note(`There is no job ${jid}: ${await whyNot(adapter, jid)}`);
        } else if (values.json === true) {
          const { place, entry, progress, blockedBy, waitsFor, dependents, result } = found;
          const { id, queueName, record, payload } = entry;
          terminal.print(
            jsonLine(
              JSON.stringify({
                jid: id,
                place,
                queue: queueName,
                progress,
                blockedBy: blockedBy.length === 0 ? undefined : blockedBy,
                waitsFor,
                dependents: dependents.length === 0 ? undefined : dependents.map(jidOf),
                result,
                record: record ?? payload,
              }),
            ),
          );
        } else {
          show(found, await adapter.store.now(), terminal);
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

function jidOf({ jid }: RelatedJob): string {
  return jid;
}

/** "limit stripe:42, held by 9e84…" */
function spokenObstacle({ reason, holder }: BlockedBy): string {
  return holder === undefined ? reason : `${reason}, held by ${holder}`;
}

/** Which jobs keep a blocked one waiting. */
function spokenPrerequisites(waitsFor: readonly string[] | undefined): string | undefined {
  return waitsFor?.length === 0 ? "nothing: all that it waited for is over" : waitsFor?.join(", ");
}

/** "validate (done), rows/of a page at 42" */
function spokenSteps(steps: readonly StepState[] | undefined, path = ""): string | undefined {
  return steps
    ?.map(({ name, isDone, value, steps: inner }) => {
      const at = value === undefined ? "" : ` at ${JSON.stringify(value)}`;
      const within = spokenSteps(inner, `${path}${name}/`);
      return isDone ? `${path}${name} (done)` : within || `${path}${name}${at}`;
    })
    .join(", ");
}

function spokenResult(result: KeptResult | undefined): string | undefined {
  if (result === undefined || "errorClass" in result) {
    // What a job failed with stands in its record.
    return undefined;
  }
  return "none" in result ? `not kept: ${result.why}` : JSON.stringify(result.value);
}

function show(found: JobDetails, now: number, terminal: Terminal): void {
  const { place, entry, progress, blockedBy, waitsFor, dependents, result } = found;
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
    expires: moment(entry.expiresAt),
    progress: progress && `${spokenProgress(progress)} (${fromNow(saidAt, now)})`,
    steps: spokenSteps(entry.steps),
    resumed: entry.resumptions === 0 ? undefined : countOf(entry.resumptions, "time"),
    "blocked by": blockedBy.length === 0 ? undefined : blockedBy.map(spokenObstacle).join(", "),
    "waits for": spokenPrerequisites(waitsFor),
    dependents: dependents.length === 0 ? undefined : dependents.map(jidOf).join(", "),
    tags: tags.length === 0 ? undefined : tags.join(", "),
    context: contextOf(found),
    failed,
    "failed first": moment(entry.failedAt),
    "failed last": retryCount === 0 ? undefined : moment(entry.lastFailedAt),
    result: spokenResult(result),
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
