import type { BatchFailure, BatchState } from "../adapters/batches.ts";
import { dateAt } from "../adapters/job-record.ts";

/** How far a batch is. `total` is `pending`, `done` and `dead` together. */
export interface BatchStatus {
  /** The batch's id. */
  readonly id: string;
  /** As it was created with. */
  readonly description: string | undefined;
  /** Jobs that were added so far. */
  readonly total: number;
  /** Those that are still to come to an end: they wait, run, or are to be retried. */
  readonly pending: number;
  /** Those of them that run. */
  readonly running: number;
  /** Jobs that are over: done, or gone otherwise (discarded, cancelled, expired, deleted). */
  readonly done: number;
  /** Those that have failed, and are to be retried: some of `pending`. */
  readonly failed: number;
  /** Jobs that are dead, or were when they were deleted. */
  readonly dead: number;
  /** The first failures of the first 100 jobs that failed. */
  readonly failures: readonly BatchFailure[];
  /** Whether jobs may still be added from outside. */
  readonly open: boolean;
  /** Not all came that should: whoever filled it is gone, or its block threw. */
  readonly incomplete: boolean;
  /** When it was made. */
  readonly createdAt: Date;
  /** When each of its jobs had been tried once, or had left. */
  readonly completedAt: Date | undefined;
  /** When the last of its jobs was done. */
  readonly succeededAt: Date | undefined;
  /** When the first of its jobs died. */
  readonly diedAt: Date | undefined;
  /** When it was cancelled. */
  readonly cancelledAt: Date | undefined;
  /** The batch that it is in. */
  readonly parent: string | undefined;
  /** How many batches are in it. */
  readonly children: number;
}

/** What a batch is opened with. */
interface BatchText {
  readonly description?: string;
}

export function textOf(text: BatchText): string {
  return JSON.stringify(text);
}

export function statusOf(state: BatchState, running: number): BatchStatus {
  const { id, text, total, dead, failures, parent, children } = state;
  const pending = state.pending - dead;
  const tried = pending - state.untried;
  return {
    id,
    description: (JSON.parse(text) as BatchText).description,
    total,
    pending,
    running: Math.min(running, pending),
    done: total - state.pending,
    failed: tried,
    dead,
    failures,
    open: state.openUntil !== undefined,
    incomplete: state.isIncomplete,
    createdAt: new Date(state.createdAt * 1000),
    completedAt: dateAt(state.completedAt),
    succeededAt: dateAt(state.succeededAt),
    diedAt: dateAt(state.diedAt),
    cancelledAt: dateAt(state.cancelledAt),
    parent,
    children,
  };
}
