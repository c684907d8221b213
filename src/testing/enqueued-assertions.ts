import type { JobHandle } from "../job/handle/job-handle.ts";
import { assertCount, assertJob, assertNoJob, type CountAssertion } from "./assertions.ts";
import type { Block } from "./block-arguments.ts";
import type { ExpectedJob, JobPattern } from "./expected-job.ts";
import type { CountOptions, JobFilter } from "./job-filter.ts";
import { recordedIn } from "./recorded-jobs.ts";
import type { TestedClass } from "./tested-class.ts";
import { testAdapter } from "./use-test-adapter.ts";
import { verdictOnCount, verdictOnJob, type Verdict } from "./verdict.ts";

/**
 * Asserts that a job is enqueued: by the block, whether it was performed since or not; without one,
 * that it waits now.
 *
 * Arguments are compared as they travel: a record with any copy of it, a date by its time. Matchers
 * may stand among them, such as vitest's `expect.anything()`; they are asked about the value that a
 * worker would get.
 *
 * @example
 * ```ts
 * import { Command } from "mandate";
 * import { assertEnqueuedWith } from "mandate/testing";
 *
 * class Welcome extends Command.initializeWith((name: string) => ({ name })) {
 *   call() {}
 * }
 *
 * await assertEnqueuedWith({ command: Welcome, args: ["Ada"], queue: "default" }, async () => {
 *   await Welcome.defer("Ada");
 * });
 * ```
 *
 * @returns the first job that is as expected.
 * @throws {AssertionError} if there is none; it shows what was enqueued instead, the nearest first.
 * @throws what the block threw.
 * @see Active Job 8.1 `ActiveJob::TestHelper#assert_enqueued_with`
 */
export async function assertEnqueuedWith<
  Command extends TestedClass | string = string,
  Job extends TestedClass | string = string,
>(expected: ExpectedJob<Command, Job>, block?: Block): Promise<JobHandle> {
  return assertJob(expected, block, { name: "assertEnqueuedWith", judge: enqueuedVerdict });
}

/**
 * Asserts that no job is enqueued so: the opposite of `assertEnqueuedWith`.
 *
 * @throws {AssertionError} if there is one; it shows it.
 * @throws what the block threw.
 */
export async function assertNotEnqueuedWith<
  Command extends TestedClass | string = string,
  Job extends TestedClass | string = string,
>(expected: ExpectedJob<Command, Job>, block?: Block): Promise<void> {
  await assertNoJob(expected, block, { name: "assertNotEnqueuedWith", judge: enqueuedVerdict });
}

/**
 * Asserts that so many jobs are enqueued: by the block, performed since or not, each requeue and
 * each retry counted too; without one, that so many wait now.
 *
 * @throws {AssertionError} if there are more, or fewer; it shows what was enqueued.
 * @throws what the block threw.
 * @see Active Job 8.1 `ActiveJob::TestHelper#assert_enqueued_jobs`, which does not count performed
 *   ones
 */
export function assertEnqueuedJobs(count: number, block?: Block): Promise<void>;
export function assertEnqueuedJobs(
  count: number,
  options: CountOptions | undefined,
  block?: Block,
): Promise<void>;
export async function assertEnqueuedJobs(
  count: number,
  optionsOrBlock?: CountOptions | Block,
  block?: Block,
): Promise<void> {
  await assertCount(count, { name: "assertEnqueuedJobs", optionsOrBlock, block, judge });
}

/**
 * Asserts that no jobs are enqueued: by the block; without one, that none wait now.
 *
 * @throws {AssertionError} if there are any; it shows them.
 * @throws what the block threw.
 */
export function assertNoEnqueuedJobs(block?: Block): Promise<void>;
export function assertNoEnqueuedJobs(
  options: CountOptions | undefined,
  block?: Block,
): Promise<void>;
export async function assertNoEnqueuedJobs(
  optionsOrBlock?: CountOptions | Block,
  block?: Block,
): Promise<void> {
  await assertCount(0, { name: "assertNoEnqueuedJobs", optionsOrBlock, block, judge });
}

export async function enqueuedVerdict(
  pattern: JobPattern,
  block: Block | undefined,
): Promise<Verdict> {
  return verdictOnJob(pattern, await enqueued(block), "enqueued");
}

export async function enqueuedCountVerdict(
  count: number,
  filter: JobFilter,
  block: Block | undefined,
): Promise<Verdict> {
  return verdictOnCount(count, { jobs: await enqueued(block), filter, deed: "enqueued" });
}

const judge: CountAssertion["judge"] = (count, filter, { block }) =>
  enqueuedCountVerdict(count, filter, block);

async function enqueued(block: Block | undefined) {
  return block === undefined
    ? testAdapter("look at enqueued jobs").waiting()
    : (await recordedIn(block)).enqueued;
}
