import type { Adapter, FetchedJob } from "../../adapters/adapter.ts";
import type { Logger } from "../../support/logger.ts";
import type { JobHandle } from "../handle/job-handle.ts";

/** Told of each failure that no rule of the job's class took care of. */
export type ErrorHandler = (error: unknown, job: JobHandle | undefined) => unknown;

/** Told of each job that is out of retries, or not retried. */
export type DeathHandler = (job: JobHandle, error: unknown) => unknown;

export interface RunEnvironment {
  readonly adapter: Adapter;
  readonly logger: Logger;
  /** Aborted when the run must end. What is thrown from then on is no failure. */
  readonly signal: AbortSignal;
  /**
   * Aborted once the worker fetches no more, since it is quiet or stops: a run that can be resumed
   * elsewhere had better end here, as Sidekiq's `interrupted?` says. `undefined`: there is no
   * worker.
   */
  readonly stopping?: AbortSignal;
  /**
   * Has the store keep another payload of a job that runs; see `Lease.checkpoint`. `undefined`:
   * only how the run ends is kept.
   */
  readonly checkpoint?: ((job: FetchedJob, payload: string) => Promise<boolean>) | undefined;
  readonly errorHandlers: readonly ErrorHandler[];
  readonly deathHandlers: readonly DeathHandler[];
  /**
   * What becomes of a job whose class is not registered here.
   *
   * @default "retry", once it was left for a while
   */
  readonly onUnknownJob?: "retry" | "leave";
  /** When its worker started, in epoch seconds. */
  readonly startedAt?: number;
  /** Seconds for which a missing record is looked for again. @default 5 */
  readonly missingRecordWait?: number;
}
