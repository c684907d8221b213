import { ConfigurationError } from "../../support/errors.ts";
import { shared } from "../../support/shared-state.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import { wireName, type RunnableClass } from "./registry.ts";

/**
 * The jobs of one class that wait in a test, in the order in which they were enqueued, as Sidekiq's
 * `Worker.jobs`.
 */
export interface ClassJobs extends ReadonlyArray<JobHandle> {
  /** How many there are. */
  readonly size: number;
  /** Deletes them from the test adapter. */
  clear(): void;
  /**
   * Runs them, those of the class that they enqueue, and so on, until none is left.
   *
   * @returns how many runs there were.
   * @throws the first error that no rule of the class takes care of, once all others have run.
   */
  drain(): Promise<number>;
  /**
   * Runs the first of them.
   *
   * @returns the job that ran.
   * @throws {AssertionError} if there is none.
   * @throws its error, if no rule of the class takes care of that.
   */
  performOne(): Promise<JobHandle>;
}

/** What a test adapter says of a class's jobs, from the first one on. */
const testing: { list: ((ofClass: RunnableClass) => ClassJobs) | undefined } = shared(
  "class-jobs",
  () => ({ list: undefined }),
);

export function listClassJobsBy(list: (ofClass: RunnableClass) => ClassJobs): void {
  testing.list = list;
}

/** @throws {ConfigurationError} if no test adapter is in use. */
export function classJobs(ofClass: RunnableClass): ClassJobs {
  if (testing.list === undefined) {
    const name = wireName(ofClass);
    throw new ConfigurationError(
      `Cannot look at the jobs of ${name}: that is for tests, and no test adapter is in use. Call useTestAdapter() from ` +
        `mandate/testing before; elsewhere jobs({ command: "${name}" }) finds what waits`,
    );
  }
  return testing.list(ofClass);
}
