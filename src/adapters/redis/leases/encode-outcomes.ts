import type { Outcome } from "../../adapter.ts";
import type { LeftResult } from "../../job-notes.ts";
import { laneIn } from "../payloads/lane.ts";
import { fateOf } from "../scripts/fates.ts";
import type { Argument } from "../scripts/script.ts";
import { isFailed, isProcessed } from "../sidekiq/counted.ts";
import { LeaseJob } from "./lease-job.ts";
import { receiptOf } from "./lease-jobs.ts";
import type { Settlement } from "./settlement.ts";

/** Outcomes as `exchange.lua` takes them. */
export interface EncodedOutcomes {
  readonly args: readonly Argument[];
  /** Those that are not simply done: one by one, and some may be refused. */
  readonly others: readonly Settlement[];
}

/** @param today YYYY-MM-DD, UTC: Sidekiq counts by day. */
export function encodeOutcomes(settlements: readonly Settlement[], today: string): EncodedOutcomes {
  const done = new DoneJobs();
  const others: Settlement[] = [];
  let failed = 0;
  let processed = 0;
  for (const outcome of settlements) {
    processed += isProcessed(outcome) ? 1 : 0;
    failed += isFailed(outcome) ? 1 : 0;
    if (
      outcome.kind === "done" &&
      outcome.jid !== undefined &&
      outcome.ended === undefined &&
      outcome.result === undefined &&
      outcome.finished === undefined
    ) {
      done.add(outcome.job, outcome.jid);
    } else {
      others.push(outcome);
    }
  }
  // Each goes in front of those before it: the newest first leaves the oldest at the head.
  const ordered = others.toSorted((a, b) => releaseOrder(a) - releaseOrder(b));
  const args = [processed, failed, today, ...done.args()];
  return { args: ordered.length === 0 ? args : [...args, ...ordered.flatMap(encode)], others };
}

/**
 * Jobs that are done, those that were fetched one behind the other together: one receipt says it
 * for all of them.
 */
class DoneJobs {
  readonly #jids: string[] = [];
  /** Number, milliseconds, queue, first and last index of each row. */
  readonly #rows: Argument[] = [];
  #arrival: object | undefined;
  #queue: string | undefined;
  #last = 0;

  add(job: LeaseJob, jid: string): void {
    const arrival = LeaseJob.arrivalOf(job);
    const index = LeaseJob.indexOf(job);
    const rows = this.#rows;
    this.#jids.push(jid);
    if (arrival === this.#arrival && index === this.#last + 1 && job.queue === this.#queue) {
      rows[rows.length - 1] = index;
    } else {
      rows.push(arrival.number, arrival.milliseconds, job.queue, index, index);
      this.#arrival = arrival;
      this.#queue = job.queue;
    }
    this.#last = index;
  }

  args(): Argument[] {
    return [this.#jids.length, this.#rows.length / 5, ...this.#rows, ...this.#jids];
  }
}

function encode(outcome: Settlement): Argument[] {
  const { kind, job, jid = "" } = outcome;
  const queue = "queue" in outcome ? outcome.queue : job.queue;
  const payload = ("payload" in outcome ? outcome.payload : undefined) ?? "";
  const lane = kind === "requeue" || kind === "block" ? laneIn(payload) : "";
  const at = dueOf(outcome);
  const failure =
    kind === "block" ? outcome.prereqFailure : kind === "done" ? fateOf(outcome.ended) : "";
  const more = kind === "block" ? outcome.prereqs : left(outcome);
  return [kind, receiptOf(job), jid, queue, lane, payload, at, failure, more.length, ...more];
}

/** Epoch seconds, or "+30" for so many seconds from now. */
function dueOf(outcome: Outcome): number | string {
  const { at, delay } = outcome as { readonly at?: number; readonly delay?: number };
  return delay === undefined ? (at ?? "") : `+${delay}`;
}

/** What a job leaves: for how many milliseconds, and its text. */
function left(outcome: Outcome): Argument[] {
  const { result } = outcome as { readonly result?: LeftResult };
  return result === undefined ? [] : [Math.max(1, Math.round(result.seconds * 1000)), result.text];
}

function releaseOrder({ kind, job }: Settlement): number {
  return kind === "release"
    ? -(Number(LeaseJob.arrivalOf(job).number) * 1_000_000 + LeaseJob.indexOf(job))
    : -Infinity;
}
