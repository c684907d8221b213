import { withJid } from "../../presentable.ts";
import type { Outcome } from "../../outcome.ts";
import { dateOf } from "../../dates.ts";
import type { LeftResult } from "../../job-notes.ts";
import { STATES, type Job } from "../jobs/job.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { isHolding } from "../holds/keeping.ts";
import type { FinishedJobs } from "../kept/finished-jobs.ts";
import type { Results } from "../kept/results.ts";
import type { Context } from "../store/context.ts";
import { Receipt } from "./receipt.ts";

/** What settling needs of its adapter. */
export interface SettlingParts {
  readonly context: Context;
  readonly jobs: Jobs;
  readonly finished: FinishedJobs;
  readonly results: Results;
}

/** Settles what has become of jobs that a lease holds. */
export class Settling {
  readonly #parts: SettlingParts;

  constructor(parts: SettlingParts) {
    this.#parts = parts;
  }

  /** @param lease Its row. */
  settleAll(lease: number, outcomes: readonly Outcome[]): void {
    const { jobs } = this.#parts;
    const released: Job[] = [];
    const counts = { processed: 0, failed: 0 };
    for (const outcome of outcomes) {
      if (isPlain(outcome) && this.#finishPlain(lease, outcome)) {
        counts.processed += 1;
        continue;
      }
      const job = this.held(lease, outcome.job as Receipt);
      if (job === undefined) {
        continue;
      }
      if (outcome.kind === "release") {
        if (outcome.payload !== undefined) goOn(job, outcome.payload);
        released.push(job);
      } else {
        count(outcome, counts);
        this.#settle(job, outcome);
      }
    }
    released.sort((one, other) => (other.fetched ?? 0) - (one.fetched ?? 0));
    released.forEach((job) => jobs.putBack(job));
    this.#note(counts);
  }

  /** The job that a receipt is of, where the lease holds it still. */
  held(lease: number, receipt: Receipt): Job | undefined {
    return this.#parts.jobs.table.first(
      `id = ? AND state = ${STATES.running} AND lease = ? AND fetched = ?`,
      Receipt.idOf(receipt),
      lease,
      Receipt.orderOf(receipt),
    );
  }

  /**
   * A job that is over, and nobody but those that wait for it has to know. @returns whether it was
   * one.
   */
  #finishPlain(lease: number, { job, jid }: Outcome): boolean {
    const isDone =
      this.#parts.context.run(
        `DELETE FROM job WHERE id = ? AND state = ${STATES.running} AND lease = ? AND fetched = ?
           AND holds IS NULL AND batch IS NULL AND remembered = 0`,
        Receipt.idOf(job as Receipt),
        lease,
        Receipt.orderOf(job as Receipt),
      ) > 0;
    if (isDone && jid !== undefined) {
      this.#parts.jobs.dependents.finished(jid, undefined);
    }
    return isDone;
  }

  #settle(job: Job, outcome: Exclude<Outcome, { kind: "release" }>): void {
    const { jobs, finished } = this.#parts;
    job.recoveries = 0;
    if (isHolding(job)) {
      jobs.keeping.runEnded(job.jid, outcome.kind);
    }
    if (outcome.kind === "done") {
      jobs.finish(job, outcome.ended);
      this.#leave(job, outcome);
      if (outcome.finished !== undefined) {
        finished.add(job, outcome.finished);
      }
      return;
    }
    if (jobs.isCancelled(job)) {
      jobs.finish(job, "cancelled");
      return;
    }
    job.payload = outcome.jid === undefined ? withJid(outcome.payload, job.jid) : outcome.payload;
    if (outcome.kind === "dead") {
      jobs.bury(job);
      this.#leave(job, outcome);
      return;
    }
    job.queue = outcome.queue;
    const at = this.#dueOf(outcome);
    if (outcome.kind === "retry") {
      jobs.retry(job, at ?? this.#parts.context.now);
    } else if (outcome.kind === "requeue") {
      job.at = at;
      jobs.startWaiting(job);
    } else {
      jobs.block(job, outcome.prereqs, outcome.prereqFailure);
    }
  }

  #dueOf(outcome: Exclude<Outcome, { kind: "done" | "dead" | "release" }>): number | undefined {
    if (outcome.kind === "block") {
      return undefined;
    }
    return outcome.delay === undefined ? outcome.at : this.#parts.context.now + outcome.delay;
  }

  #leave({ jid }: Job, { result }: { readonly result?: LeftResult }): void {
    if (result !== undefined) {
      this.#parts.results.leave(jid, result);
    }
  }

  #note({ processed, failed }: Counts): void {
    const { context } = this.#parts;
    if (processed > 0) {
      context.run(
        "INSERT INTO counter (day, processed, failed) VALUES (?, ?, ?) ON CONFLICT (day) DO UPDATE SET processed = processed + excluded.processed, failed = failed + excluded.failed",
        dateOf(context.now),
        processed,
        failed,
      );
    }
  }
}

interface Counts {
  processed: number;
  failed: number;
}

/** It has come so far. What happened to its workers before does not count any more. */
export function goOn(job: Job, payload: string): void {
  job.payload = payload;
  job.recoveries = 0;
}

function isPlain(outcome: Outcome): boolean {
  return (
    outcome.kind === "done" &&
    outcome.failed !== true &&
    outcome.ended === undefined &&
    outcome.result === undefined &&
    outcome.finished === undefined &&
    outcome.jid !== undefined
  );
}

function count(outcome: Outcome, counts: Counts): void {
  const { kind } = outcome;
  counts.processed +=
    kind === "done" || kind === "retry" || kind === "requeue" || kind === "dead" ? 1 : 0;
  counts.failed +=
    kind === "retry" || kind === "dead" || (kind === "done" && outcome.failed === true) ? 1 : 0;
}
