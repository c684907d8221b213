export type { AsymmetricMatcher } from "./testing/asymmetric-matcher.ts";
export { assertBatch, type ExpectedBatch } from "./testing/batch-assertions.ts";
export type { Block } from "./testing/block-arguments.ts";
export {
  assertEnqueuedJobs,
  assertEnqueuedWith,
  assertNoEnqueuedJobs,
  assertNotEnqueuedWith,
} from "./testing/enqueued-assertions.ts";
export type { ExpectedArguments, ExpectedDetails, ExpectedJob } from "./testing/expected-job.ts";
export type { CountOptions, PerformOptions } from "./testing/job-filter.ts";
export { interruptJobDuringStep, type InterruptedStep } from "./testing/interruptions.ts";
export { disable, fake, inline } from "./testing/modes.ts";
export { drainEnqueuedJobs, performEnqueuedJobs } from "./testing/perform-enqueued-jobs.ts";
export {
  assertNoPerformedJobs,
  assertNotPerformedWith,
  assertPerformedJobs,
  assertPerformedWith,
} from "./testing/performed-assertions.ts";
export { clearJobs, enqueuedJobs, performedJobs, retryingJobs } from "./testing/recorded-jobs.ts";
export { assertRetried, type ExpectedRetry } from "./testing/retried-assertions.ts";
export { recurringJobs, travel, travelTo } from "./testing/travel.ts";
export type { TestedClass } from "./testing/tested-class.ts";
export { useTestAdapter, type TestAdapterInUse } from "./testing/use-test-adapter.ts";
export { within, type TimeMatcher } from "./testing/within.ts";
