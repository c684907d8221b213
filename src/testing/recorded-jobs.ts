import type { JobHandle } from "../job/job-handle.ts";
import type { RecordedJob } from "./recorded-job.ts";
import { inScope } from "./scope.ts";
import { testAdapter } from "./use-test-adapter.ts";

/**
 * The jobs that wait now, in the order in which they were enqueued: also those that are scheduled, that
 * wait for others, that requeued themselves, or that `retryOn` put back. Their arguments are as a worker
 * would get them, but with a `GlobalID` in the place of each record.
 */
export function enqueuedJobs(): readonly JobHandle[] {
  return testAdapter("look at enqueued jobs").waiting().map(handleOf);
}

/** The runs so far, in the order in which they started; a job that ran twice is there twice. */
export function performedJobs(): readonly JobHandle[] {
  return testAdapter("look at performed jobs").diary.performed.map(handleOf);
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

function handleOf({ handle }: RecordedJob): JobHandle {
  return handle;
}
