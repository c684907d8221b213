import { checkFunction } from "../job/checks/checks.ts";
import { drain, picked } from "./drain.ts";
import { JobFilter, type PerformOptions } from "./job-filter.ts";
import { inMode } from "./modes.ts";
import { Performing } from "./performing.ts";
import { testAdapter } from "./use-test-adapter.ts";

/**
 * Runs jobs, as a worker would: their arguments come from JSON, their records are looked up,
 * callbacks and middleware stand around, and the configured logger is told. It does not wait: not
 * for `wait`, nor for a record that is missing.
 *
 * With a block, each job runs when it is enqueued, and so do retries that `retryOn` asks for; each
 * of these counts as an enqueue. What a job enqueues runs after it, first in, first out, as in a
 * worker: a chain of jobs may be of any length. A `defer` of the block resolves once all has run
 * that it caused, and one in a job at once. An error that no rule of a job's class takes care of,
 * or that is left when the attempts are spent, rejects the `defer` of the block that caused that
 * job; the others run all the same. A job that requeues itself waits, as does one behind an
 * unfinished job. A job that waits for the `result()` of another has that one run at once.
 *
 * Without a block, those that wait now run in order, and what they enqueue waits, unless `drain`
 * says otherwise. The first error that no rule takes care of ends it; it is the error itself that
 * is thrown.
 *
 * @example
 * ```ts
 * import { Command } from "mandate";
 * import { performEnqueuedJobs } from "mandate/testing";
 *
 * class Welcome extends Command.initializeWith((name: string) => ({ name })) {
 *   call() {
 *     console.log(`Welcome ${this.name}`);
 *   }
 * }
 *
 * await performEnqueuedJobs(() => Welcome.defer("Ada"));
 * // Output: Welcome Ada
 * ```
 *
 * @returns with a block, what that returned; else how many jobs ran.
 * @see Active Job 8.1 `ActiveJob::TestHelper#perform_enqueued_jobs`
 */
export function performEnqueuedJobs(options?: PerformOptions): Promise<number>;
export function performEnqueuedJobs<Output>(
  block: () => Output | Promise<Output>,
  options?: PerformOptions,
): Promise<Output>;
export function performEnqueuedJobs<Output>(
  options: PerformOptions,
  block: () => Output | Promise<Output>,
): Promise<Output>;
export async function performEnqueuedJobs(
  blockOrOptions: (() => unknown) | PerformOptions = {},
  optionsOfBlock: PerformOptions | (() => unknown) = {},
): Promise<unknown> {
  const adapter = testAdapter("perform jobs");
  const [block, options] =
    typeof optionsOfBlock === "function"
      ? [optionsOfBlock, blockOrOptions as PerformOptions]
      : typeof blockOrOptions === "function"
        ? [blockOrOptions, optionsOfBlock]
        : [undefined, blockOrOptions];
  const filter = new JobFilter(options, "performEnqueuedJobs", "perform");
  if (block !== undefined) {
    checkFunction(block, "performEnqueuedJobs");
    // A filter reads each job, which would be kept as it was read.
    const { drain: _, ...rest } = options;
    const isAny = Object.keys(rest).length === 0;
    return inMode(new Performing(isAny ? undefined : filter), block);
  }
  return options.drain === true ? drain(adapter, filter) : adapter.perform(picked(adapter, filter));
}

/**
 * Runs all jobs that wait, all that they enqueue, and so on, until none is left:
 * `performEnqueuedJobs({ drain: true })`, by Sidekiq's name. Retries that `retryOn` asks for follow
 * at once, a job that requeues itself waits.
 *
 * @example
 * ```ts
 * import { Command } from "mandate";
 * import { drainEnqueuedJobs, useTestAdapter } from "mandate/testing";
 *
 * class Countdown extends Command.initializeWith((from: number) => ({ from })) {
 *   async call() {
 *     if (this.from > 0) await Countdown.defer(this.from - 1);
 *   }
 * }
 *
 * using _ = useTestAdapter();
 * await Countdown.defer(3);
 * console.log(await drainEnqueuedJobs());
 * // Output: 4
 * ```
 *
 * @returns how many runs there were.
 * @throws the first error that no rule of a job's class takes care of, once all others have run.
 * @see Sidekiq 8.1 `Sidekiq::Worker.drain_all`
 */
export function drainEnqueuedJobs(options: Omit<PerformOptions, "drain"> = {}): Promise<number> {
  return performEnqueuedJobs({ ...options, drain: true });
}
