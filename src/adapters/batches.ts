import type { Listening } from "./job-notes.ts";

/**
 * Batches: jobs that are counted together (`Entry.batch`), and what is known of them. Which batch
 * counts a job is kept with the job, once; the counts change in the very step in which it moves.
 *
 * Three things happen to a batch, each once, and only after it was closed:
 *
 * - *complete*: the first attempt of every job has ended as done, retry or dead, or the job has
 *   left (deleted, cancelled, expired, discarded); and the same is so of the batches in it.
 * - *success*: every job is done or has left, and so is every batch in it. Not where one is dead,
 *   or was when it was deleted; nor where the batch is incomplete or was cancelled.
 * - *death*: the first of its jobs is dead, or of those of a batch in it. Also before it is closed.
 *
 * Each is a prerequisite that jobs may wait for ({@link batchEvent}). One that cannot happen any
 * more ends like a job that was cancelled.
 */
export interface Batches {
  /**
   * Opens a batch. Its opening is a lease: unless it is renewed or closed in time, the batch is
   * closed as incomplete.
   *
   * @returns `false` where its parent takes no more: it is over, cancelled, or unknown.
   */
  open(opening: BatchOpening): Promise<boolean>;
  /** Keeps it open so long from now. @returns `false` if it is not open. */
  renew(id: string, seconds: number): Promise<boolean>;
  /**
   * No more comes from outside; its jobs may still add some.
   *
   * @param isIncomplete Not all came that should: it will be no success.
   * @returns `false` if it was closed before, or is unknown.
   */
  close(id: string, isIncomplete?: boolean): Promise<boolean>;
  /**
   * It takes no more, and none of its jobs runs again: one that is handed out is only ended, and
   * those that run are told. The same of the batches in it. Those that wait stay where they are.
   *
   * @returns the ids of all that are cancelled and not over, by this or before; none if it is over,
   *   or unknown.
   */
  cancel(id: string): Promise<readonly string[]>;
  /** What is known of these, in this order; `undefined` of what is unknown. */
  read(ids: readonly string[]): Promise<readonly (BatchState | undefined)[]>;
  /** A page of all, the latest first. */
  list(cursor: string | undefined, limit: number): Promise<BatchPage>;
  /**
   * Calls `onComplete` when a batch is complete. Messages may get lost, and come without a reason:
   * whoever waits looks at each of them, and now and then besides.
   */
  listen(id: string, onComplete: () => void): Listening;
  /** Keeps a text with it, behind others. @returns `false` if it is unknown. */
  note(id: string, text: string): Promise<boolean>;
  /** Those texts. */
  notes(id: string): Promise<readonly string[]>;
}

/** A batch that is to be there. */
export interface BatchOpening {
  /** Unlike any other's: letters and digits. */
  readonly id: string;
  /** Whatever is to be kept with it. */
  readonly text: string;
  /** How long it is open unless it is renewed. */
  readonly seconds: number;
  /** How long it is known after its end. */
  readonly keep: number;
  /** The batch that it is in. */
  readonly parent?: string | undefined;
}

/** What is known of a batch. Times are epoch seconds. */
export interface BatchState {
  /** Letters and digits. */
  readonly id: string;
  /** As it was opened with. */
  readonly text: string;
  /** The batch that it is in. */
  readonly parent: string | undefined;
  /** When it was opened. */
  readonly createdAt: number;
  /** Until when, where it is open. */
  readonly openUntil: number | undefined;
  /** Jobs that it has counted. */
  readonly total: number;
  /**
   * Those that are not over; dead ones are among them, and those that were dead when they were
   * deleted.
   */
  readonly pending: number;
  /** Those of which no attempt has ended. */
  readonly untried: number;
  /** Those that are dead, or were when they were deleted. */
  readonly dead: number;
  /** Batches in it. */
  readonly children: number;
  /** Those that have not ended. */
  readonly pendingChildren: number;
  /** Whoever filled it is gone, or has failed. */
  readonly isIncomplete: boolean;
  /** When it was cancelled. */
  readonly cancelledAt: number | undefined;
  /** When it became complete. */
  readonly completedAt: number | undefined;
  /** When the first of its jobs died. */
  readonly diedAt: number | undefined;
  /** When it became a success. */
  readonly succeededAt: number | undefined;
  /** When nothing of it was left: with a success, or without one. */
  readonly endedAt: number | undefined;
  /** The first failures of the first jobs that failed: {@link FAILURES_KEPT} at most. */
  readonly failures: readonly BatchFailure[];
}

/** A job's first failure. */
export interface BatchFailure {
  /** The job's. */
  readonly jid: string;
  /** The name of the error. */
  readonly errorClass: string;
  /** Its message, 500 characters at most. */
  readonly errorMessage: string;
}

/** Some batches, and where the others are. */
export interface BatchPage {
  /** The latest first. */
  readonly batches: readonly BatchState[];
  /** Where the next page starts; `undefined` after the last. */
  readonly cursor: string | undefined;
}

/** How many failures are listed. */
export const FAILURES_KEPT = 100;
/** How much of a failure's message. */
export const FAILURE_LENGTH = 500;

/** What happens to a batch once. */
export type BatchEvent = "complete" | "success" | "death";

/** What has happened to which batch. */
export interface BatchHappening {
  /** The batch's. */
  readonly id: string;
  /** What has happened. */
  readonly event: BatchEvent;
}

const PREFIX = "batch:";

/** What a job waits for as its prerequisite that waits for a batch. */
export function batchEvent(id: string, event: BatchEvent): string {
  return `${PREFIX}${id}:${event}`;
}

/** What says that a job was not accepted because its batch takes none. */
export function batchKey(id: string): string {
  return PREFIX + id;
}

/** @returns `undefined` where it is a job's jid. */
export function readBatchEvent(
  prereq: string,
): { readonly id: string; readonly event: BatchEvent } | undefined {
  const [, id, event] = /^batch:(\w+):(complete|success|death)$/.exec(prereq) ?? [];
  return id === undefined ? undefined : { id, event: event as BatchEvent };
}
