import { MandateError } from "../support/errors.ts";

/** What was said of a recurring job makes none. */
export class InvalidRecurringJobError extends MandateError {
  static {
    this.named("InvalidRecurringJobError");
  }

  readonly code = "MANDATE_INVALID_RECURRING_JOB";
  /** The recurring job's. */
  readonly key: string;

  constructor(key: string, reason: string, options?: ErrorOptions) {
    super(`Cannot define recurring job ${JSON.stringify(key)}: ${reason}`, options);
    this.key = key;
  }
}

/** There is no recurring job of that key. */
export class UnknownRecurringJobError extends MandateError {
  static {
    this.named("UnknownRecurringJobError");
  }

  readonly code = "MANDATE_UNKNOWN_RECURRING_JOB";
  /** The recurring job's. */
  readonly key: string;

  constructor(key: string) {
    super(
      `Cannot find recurring job ${JSON.stringify(key)}: nothing defines it. ` +
        "Those that there are: recurring.jobs(), or mandate recurring list",
    );
    this.key = key;
  }
}
