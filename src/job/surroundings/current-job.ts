import type { JobHandle } from "../handle/job-handle.ts";
import { surroundings, type RunningJob } from "./surroundings.ts";

/** The job that the caller runs in. */
export function runningJob(): RunningJob | undefined {
  return surroundings().job;
}

/**
 * The job that the caller runs in, `undefined` outside of one. For log lines of code that is no
 * command.
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
  return runningJob()?.job;
}
