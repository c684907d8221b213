/**
 * What Ruby's `IterableJob` keeps of a job beside its record, where it shares the store: a job that
 * it began can be gone on with here, and the other way round.
 *
 * @see Sidekiq 8.1 `lib/sidekiq/job/iterable.rb`
 */
export interface Iterations {
  /** `undefined` where there is none, or none that can be read. */
  read(jid: string): Promise<IterationState | undefined>;
  /**
   * Over what was there. Kept for 30 days from the first time.
   *
   * @returns whether the job was cancelled there, which this leaves as it is.
   */
  write(jid: string, state: Omit<IterationState, "isCancelled">): Promise<boolean>;
  /** The job is over. */
  delete(jid: string): Promise<void>;
}

/** How far an iteration is. */
export interface IterationState {
  /** How many runs there were, the one that wrote this included. */
  readonly executions: number;
  /** Of the item that is next, as JSON. */
  readonly cursor: string;
  /** Seconds that they took, all together. */
  readonly runtime: number;
  /** Ruby's `cancel!` was called. */
  readonly isCancelled: boolean;
}

/** Seconds for which it is kept: Sidekiq's. */
export const ITERATION_KEPT = 2_592_000;
