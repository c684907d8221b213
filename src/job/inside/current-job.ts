import { AsyncLocalStorage } from "node:async_hooks";
import type { ProgressNote } from "../../adapters/job-notes.ts";
import type { Logger } from "../../support/logger.ts";
import { shared } from "../../support/shared-state.ts";
import type { JobHandle } from "../handle/job-handle.ts";

/** What surrounds one run of one job. */
export interface JobContext {
  readonly job: JobHandle;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Set by `requeueJob`: seconds after which the job comes again. */
  requeueIn: number | undefined;
  /** What `inject` shares in this job, and how to dispose of it. */
  scope: JobScope | undefined;
  /** Takes what `progress` says, where somebody can read it. */
  report?(progress: Omit<ProgressNote, "jid">): void;
}

export interface JobScope {
  dispose(): Promise<void> | void;
}

const storage: AsyncLocalStorage<JobContext> = shared(
  "current-job",
  () => new AsyncLocalStorage<JobContext>(),
);

export function jobContext(): JobContext | undefined {
  return storage.getStore();
}

export function runInJob<Context extends JobContext, Output>(
  context: Context,
  run: (context: Context) => Output,
): Output {
  return storage.run(context, run, context);
}

/**
 * The job that the caller runs in, `undefined` outside of one. For log lines of code that is no command.
 *
 * @example
 * ```ts
 * import { currentJob } from "mandate";
 *
 * // pino({ mixin: jobFields }) puts the job's id on each line that is logged inside a job.
 * const jobFields = () => ({ jid: currentJob()?.id });
 * ```
 */
export function currentJob(): JobHandle | undefined {
  return storage.getStore()?.job;
}
