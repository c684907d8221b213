import type { Promotion } from "../../promotion.ts";
import { STATES, type Job } from "../jobs/job.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Context } from "../store/context.ts";

/** Moves what is due to its queues. */
export class Promoting {
  readonly #context: Context;
  readonly #jobs: Jobs;

  constructor(context: Context, jobs: Jobs) {
    this.#context = context;
    this.#jobs = jobs;
  }

  promote(limit: number): Promotion {
    const due = [...this.#due(STATES.scheduled, limit), ...this.#due(STATES.retry, limit)];
    // Sorting is stable: of one time the scheduled ones are first.
    const jobs = due.sort((one, other) => one.rank - other.rank).slice(0, limit);
    for (const job of jobs) {
      this.#jobs.takeOut(job);
      this.#jobs.enqueue(job);
    }
    this.#jobs.keys.wake();
    this.#jobs.batches.wake();
    return { promoted: jobs.length, nextAt: this.nextAt() };
  }

  /** When something is due next. */
  nextAt(): number | undefined {
    const next = Math.min(
      this.#first(STATES.scheduled),
      this.#first(STATES.retry),
      this.#jobs.keys.nextWake ?? Infinity,
      this.#jobs.batches.table.nextDue ?? Infinity,
    );
    return next === Infinity ? undefined : next;
  }

  #due(state: number, limit: number): Job[] {
    return this.#jobs.table.all(
      `state = ${state} AND rank <= ? ORDER BY rank, ord LIMIT ?`,
      this.#context.now,
      limit,
    );
  }

  #first(state: number): number {
    const row = this.#context.get<{ rank: number }>(
      `SELECT rank FROM job WHERE state = ${state} ORDER BY rank, ord LIMIT 1`,
    );
    return row?.rank ?? Infinity;
  }
}
