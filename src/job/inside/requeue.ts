import { seconds, type Duration } from "../../support/duration.ts";
import { MandateError } from "../../support/errors.ts";
import { isMarked } from "../../support/thrown.ts";
import { runningJob } from "../surroundings/current-job.ts";
import { warnOfMilliseconds } from "../declare/likely-milliseconds.ts";
import { checkDate } from "../checks/last-date.ts";

/** Something only a running job can do was done outside of one. */
export class NotInJobError extends MandateError {
  static {
    this.named("NotInJobError");
  }

  readonly code = "MANDATE_NOT_IN_JOB";
}

/** Leaves the run of a job that asked to come again. Caught in `run.ts`. */
export class Requeued {
  /** Known by this, whichever copy of this library throws it. */
  readonly "mandate.requeued" = true;

  static [Symbol.hasInstance](thrown: unknown): boolean {
    return isMarked(thrown, "mandate.requeued");
  }
}

/**
 * Ends the run, and puts the same job back after `delay`.
 *
 * @throws {NotInJobError} outside of a job.
 * @throws {InvalidDurationError} if `delay` is no duration, or no date is that far away.
 */
export function requeueCurrentJob(delay: Duration): never {
  const running = runningJob();
  if (running === undefined) {
    throw new NotInJobError(
      "Cannot requeue: no job is running here. " +
        "Call requeueJob in a command that was deferred, and check this.job where it is called inline too",
    );
  }
  running.requeueIn = checkDate(seconds(delay), "the delay of requeueJob");
  warnOfMilliseconds(delay, `delay of requeueJob in ${running.job.className}`);
  throw new Requeued();
}

/** Of a run that asked to come again, and ended in another way than by what that throws. */
export function swallowedRequeue(className: string): string {
  return (
    `${className} caught what requeueJob throws. It is put back all the same: ` +
    "let that pass, or call requeueJob outside of the try block"
  );
}
