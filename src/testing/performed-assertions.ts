import type { JobHandle } from "../job/handle/job-handle.ts";
import { assertCount, assertJob, assertNoJob, type CountAssertion } from "./assertions.ts";
import type { Block } from "./block-arguments.ts";
import type { ExpectedJob, JobPattern } from "./expected-job.ts";
import type { CountOptions } from "./job-filter.ts";
import { performEnqueuedJobs } from "./perform-enqueued-jobs.ts";
import type { RecordedJob } from "./recorded-job.ts";
import { recordedIn } from "./recorded-jobs.ts";
import type { TestedClass } from "./tested-class.ts";
import { testAdapter } from "./use-test-adapter.ts";
import { verdictOnCount, verdictOnJob, type Verdict } from "./verdict.ts";

/**
 * Asserts that a job is performed: performs what the block enqueues, and looks at that; without a
 * block, at all that was performed so far.
 *
 * @example
 * ```ts
 * import { Command } from "mandate";
 * import { assertPerformedWith } from "mandate/testing";
 *
 * class Welcome extends Command.initializeWith((name: string) => ({ name })) {
 *   call() {}
 * }
 *
 * await assertPerformedWith({ command: Welcome, args: ["Ada"] }, () => Welcome.defer("Ada"));
 * ```
 *
 * @returns the first run that is as expected.
 * @throws {AssertionError} if there is none; it shows what was performed instead, the nearest
 *   first.
 * @throws what the block threw, or a job.
 * @see Active Job 8.1 `ActiveJob::TestHelper#assert_performed_with`
 */
export async function assertPerformedWith<
  Command extends TestedClass | string = string,
  Job extends TestedClass | string = string,
>(expected: ExpectedJob<Command, Job>, block?: Block): Promise<JobHandle> {
  return assertJob(expected, block, { name: "assertPerformedWith", judge: performedVerdict });
}

/**
 * Asserts that no job is performed so: the opposite of `assertPerformedWith`.
 *
 * @throws {AssertionError} if there is one; it shows it.
 * @throws what the block threw, or a job.
 */
export async function assertNotPerformedWith<
  Command extends TestedClass | string = string,
  Job extends TestedClass | string = string,
>(expected: ExpectedJob<Command, Job>, block?: Block): Promise<void> {
  await assertNoJob(expected, block, { name: "assertNotPerformedWith", judge: performedVerdict });
}

/**
 * Asserts how many runs there are: performs those of the jobs that the block enqueues which the
 * options name, and counts the runs; without a block, counts all such runs so far.
 *
 * @throws {AssertionError} if there are more, or fewer; it shows what was performed.
 * @throws what the block threw, or a job.
 * @see Active Job 8.1 `ActiveJob::TestHelper#assert_performed_jobs`
 */
export function assertPerformedJobs(count: number, block?: Block): Promise<void>;
export function assertPerformedJobs(
  count: number,
  options: CountOptions | undefined,
  block?: Block,
): Promise<void>;
export async function assertPerformedJobs(
  count: number,
  optionsOrBlock?: CountOptions | Block,
  block?: Block,
): Promise<void> {
  await assertCount(count, { name: "assertPerformedJobs", optionsOrBlock, block, judge });
}

/**
 * Asserts that no jobs are performed: of those that the block enqueues, the ones that the options
 * name would be; without a block, that none were so far.
 *
 * @throws {AssertionError} if there are any; it shows them.
 * @throws what the block threw, or a job.
 */
export function assertNoPerformedJobs(block?: Block): Promise<void>;
export function assertNoPerformedJobs(
  options: CountOptions | undefined,
  block?: Block,
): Promise<void>;
export async function assertNoPerformedJobs(
  optionsOrBlock?: CountOptions | Block,
  block?: Block,
): Promise<void> {
  await assertCount(0, { name: "assertNoPerformedJobs", optionsOrBlock, block, judge });
}

export async function performedVerdict(
  pattern: JobPattern,
  block: Block | undefined,
): Promise<Verdict> {
  return verdictOnJob(pattern, await performed(block), "performed");
}

const judge: CountAssertion["judge"] = async (count, filter, { options, block }) =>
  verdictOnCount(count, { jobs: await performed(block, options), filter, deed: "performed" });

async function performed(
  block: Block | undefined,
  options?: CountOptions,
): Promise<readonly RecordedJob[]> {
  if (block === undefined) return testAdapter("look at performed jobs").diary.performed;
  return (await recordedIn(() => performEnqueuedJobs(block, options))).performed;
}
