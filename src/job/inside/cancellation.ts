import type { FetchedJob } from "../../adapters/adapter.ts";
import { MandateError } from "../../support/errors.ts";
import { shared } from "../../support/shared-state.ts";

/** Why the signal of a job is aborted that somebody cancelled: it does not run again. */
export class JobCancelledError extends MandateError {
  static {
    this.named("JobCancelledError");
  }

  readonly code = "MANDATE_JOB_CANCELLED";

  constructor() {
    super("The job was cancelled while it ran; it is not run again");
  }
}

const state = shared("cancellations", () => ({
  errors: new WeakMap<FetchedJob, JobCancelledError>(),
  listeners: new WeakMap<FetchedJob, (error: JobCancelledError) => void>(),
}));

/** Cancels a job that runs in this process. Again called, it does nothing. */
export function cancelRun(job: FetchedJob): void {
  if (!state.errors.has(job)) {
    const error = new JobCancelledError();
    state.errors.set(job, error);
    state.listeners.get(job)?.(error);
  }
}

/** `undefined` unless the job was cancelled while it ran. */
export function cancellationOf(job: FetchedJob): JobCancelledError | undefined {
  return state.errors.get(job);
}

/**
 * Has a run told when it is cancelled. For the few that look at their signal: the others are not
 * looked for.
 */
export function onCancellation(
  job: FetchedJob,
  listener: (error: JobCancelledError) => void,
): void {
  state.listeners.set(job, listener);
}
