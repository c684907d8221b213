import { expect } from "vitest";
import { checkFunction, checkInteger } from "../job/checks/checks.ts";
import type { Block } from "./block-arguments.ts";
import { enqueuedCountVerdict, enqueuedVerdict } from "./enqueued-assertions.ts";
import { JobPattern, type ExpectedArguments, type ExpectedDetails } from "./expected-job.ts";
import { JobFilter, type CountOptions } from "./job-filter.ts";
import { performedVerdict } from "./performed-assertions.ts";
import type { TestedClass } from "./tested-class.ts";
import type { Verdict } from "./verdict.ts";

/**
 * What `mandate/vitest` adds to vitest's `expect`. All of it is given a function, and must be
 * awaited.
 *
 * @example
 * ```ts
 * import { Command } from "mandate";
 * import { useTestAdapter } from "mandate/testing";
 * import "mandate/vitest";
 * import { beforeEach, expect, it } from "vitest";
 *
 * class Welcome extends Command.initializeWith((name: string) => ({ name })) {
 *   call() {}
 * }
 *
 * beforeEach(() => void useTestAdapter());
 *
 * it("welcomes", async () => {
 *   await expect(() => Welcome.defer("Ada")).toEnqueue(Welcome, { args: ["Ada"] });
 * });
 * ```
 */
export interface JobMatchers {
  /**
   * Calls the function, and expects a job to be enqueued by it, performed since or not.
   *
   * @see `assertEnqueuedWith` of `mandate/testing`
   */
  toEnqueue<Class extends TestedClass | string = string>(
    job?: Class,
    details?: ExpectedDetails<ExpectedArguments<Class>>,
  ): Promise<void>;
  /**
   * Calls the function, and expects so many jobs to be enqueued by it.
   *
   * @see `assertEnqueuedJobs` of `mandate/testing`
   */
  toEnqueueTimes(count: number, options?: CountOptions): Promise<void>;
  /**
   * Calls the function, performs what that enqueues, and expects a job to be performed so.
   *
   * @see `assertPerformedWith` of `mandate/testing`
   */
  toPerform<Class extends TestedClass | string = string>(
    job?: Class,
    details?: ExpectedDetails<ExpectedArguments<Class>>,
  ): Promise<void>;
}

declare module "vitest" {
  // vitest's own name and parameter, which must be the same in each declaration.
  interface Matchers<T> extends JobMatchers {}
}

interface MatcherResult extends Omit<Verdict, "message"> {
  readonly message: () => string;
}

expect.extend({
  async toEnqueue(block: Block, job?: TestedClass | string, details: object = {}) {
    checkReceived(block, "toEnqueue");
    const pattern = new JobPattern({ ...details, job }, "toEnqueue");
    return result(await enqueuedVerdict(pattern, block));
  },

  async toEnqueueTimes(block: Block, count: number, options: CountOptions = {}) {
    checkReceived(block, "toEnqueueTimes");
    checkInteger(count, "the number of jobs of toEnqueueTimes", 0);
    const filter = new JobFilter(options, "toEnqueueTimes");
    return result(await enqueuedCountVerdict(count, filter, block));
  },

  async toPerform(block: Block, job?: TestedClass | string, details: object = {}) {
    checkReceived(block, "toPerform");
    const pattern = new JobPattern({ ...details, job }, "toPerform");
    return result(await performedVerdict(pattern, block));
  },
});

function checkReceived(received: unknown, matcher: string): void {
  checkFunction(received, `expect(…).${matcher}`, "a function that enqueues");
}

function result(verdict: Verdict): MatcherResult {
  return { ...verdict, message: () => verdict.message };
}
