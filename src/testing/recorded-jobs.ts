import type { JobHandle } from "../job/handle/job-handle.ts";
import { JobFilter, type CountOptions } from "./job-filter.ts";
import type { RecordedJob } from "./recorded-job.ts";
import { inScope } from "./scope.ts";
import type { TestedClass } from "./tested-class.ts";
import { testAdapter } from "./use-test-adapter.ts";

/**
 * The jobs that wait now, in the order in which they were enqueued: also those that are scheduled,
 * that wait for others, that requeued themselves, or that `retryOn` put back. Their arguments are
 * as a worker would get them, but with a `GlobalID` in the place of each record.
 *
 * @param which Those of a class, or of a name; or as an assertion's options say. @default all
 */
export function enqueuedJobs(which?: TestedClass | string | CountOptions): readonly JobHandle[] {
  const filter = filterFor(which, "enqueuedJobs");
  return handlesOf(testAdapter("look at enqueued jobs").waiting(), filter);
}

/**
 * The runs so far, in the order in which they started; a job that ran twice is there twice.
 *
 * @param which As of `enqueuedJobs`.
 */
export function performedJobs(which?: TestedClass | string | CountOptions): readonly JobHandle[] {
  const filter = filterFor(which, "performedJobs");
  return handlesOf(testAdapter("look at performed jobs").diary.performed, filter);
}

/**
 * The jobs that failed and wait for their retry, by `retryIn`, Sidekiq's formula or `retryOn`, the
 * earliest first. Their `scheduledAt` is when they come again, their `record` has what they failed
 * with.
 *
 * @param which As of `enqueuedJobs`.
 */
export function retryingJobs(which?: TestedClass | string | CountOptions): readonly JobHandle[] {
  const filter = filterFor(which, "retryingJobs");
  return handlesOf(testAdapter("look at jobs that wait for their retry").retrying(), filter);
}

/** Forgets every job, and what was enqueued and performed. */
export function clearJobs(): void {
  testAdapter("clear jobs").clear();
}

/** Runs a block, and tells what was enqueued and performed by it. */
export async function recordedIn(block: () => unknown): Promise<{
  readonly enqueued: readonly RecordedJob[];
  readonly performed: readonly RecordedJob[];
}> {
  const { diary } = testAdapter("look at what a block enqueues");
  let scope: object | undefined;
  await inScope(undefined, (opened) => {
    scope = opened;
    return block();
  });
  const isOfBlock = ({ scopes }: RecordedJob): boolean => scopes.some((each) => each === scope);
  return {
    enqueued: diary.enqueued.filter(isOfBlock),
    performed: diary.performed.filter(isOfBlock),
  };
}

function filterFor(
  which: TestedClass | string | CountOptions | undefined,
  where: string,
): JobFilter {
  const isOne = typeof which === "string" || typeof which === "function";
  return new JobFilter(isOne ? { only: which } : (which ?? {}), where);
}

function handlesOf(jobs: readonly RecordedJob[], filter: JobFilter): readonly JobHandle[] {
  return jobs.map(({ handle }) => handle).filter((handle) => filter.accepts(handle));
}
