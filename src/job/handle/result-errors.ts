import { MandateError } from "../../support/errors.ts";
import { thrownMessage } from "../../support/thrown.ts";

/** Whose result is waited for. */
export interface AwaitedJob {
  /** The job's id. */
  readonly id: string;
  /** The command's name, or that of a `Job` class. */
  readonly className: string;
}

/**
 * The job whose result was waited for failed for good: it is dead, or was discarded or cancelled.
 */
export class JobFailedError extends MandateError {
  static {
    this.named("JobFailedError");
  }

  readonly code = "MANDATE_JOB_FAILED";
  /** The job's. */
  readonly jid: string;
  /** Dead jobs wait for a person, who may run them again. */
  readonly outcome: "dead" | "discarded" | "cancelled";
  /** The name of the error that it failed with; `undefined` where nobody knows. */
  readonly errorClass: string | undefined;
  /** The error's message. */
  readonly errorMessage: string | undefined;

  constructor(
    { id, className }: AwaitedJob,
    failure: {
      readonly outcome: "dead" | "discarded" | "cancelled";
      readonly errorClass?: string | undefined;
      readonly errorMessage?: string | undefined;
    },
  ) {
    const { outcome, errorClass, errorMessage } = failure;
    const why = errorClass === undefined ? "" : `. It failed with ${errorClass}: ${errorMessage}`;
    super(`Cannot get the result of ${className} ${id}: the job is ${outcome}${why}`);
    this.jid = id;
    this.outcome = outcome;
    this.errorClass = errorClass;
    this.errorMessage = errorMessage;
  }
}

/** The time for which a result was to be waited for is over, and the job is not. */
export class ResultTimeoutError extends MandateError {
  static {
    this.named("ResultTimeoutError");
  }

  readonly code = "MANDATE_RESULT_TIMEOUT";
  /** The job's. */
  readonly jid: string;

  constructor({ id, className }: AwaitedJob, seconds: number, cause: unknown) {
    const why =
      cause === undefined
        ? "the job is not over. Wait longer (timeout), or find out where it is by its status()"
        : `the store does not answer: ${thrownMessage(cause)}`;
    super(
      `Cannot wait any longer for the result of ${className} ${id}: after ${seconds} seconds ${why}`,
      cause === undefined ? undefined : { cause },
    );
    this.jid = id;
  }
}

/**
 * Why there is no result of a job that did not fail: its class keeps none; what was kept is gone,
 * or never was; it is too large; it cannot travel; it was to be encrypted, and there was no key; or
 * what is in its place is no result.
 */
export type NoResultReason =
  "not-kept" | "gone" | "too-large" | "not-serializable" | "not-encrypted" | "unreadable";

/** There is no result of a job, although it did not fail. */
export class ResultUnavailableError extends MandateError {
  static {
    this.named("ResultUnavailableError");
  }

  readonly code = "MANDATE_RESULT_UNAVAILABLE";
  /** The job's. */
  readonly jid: string;
  /** Why there is none. */
  readonly reason: NoResultReason;

  constructor({ id, className }: AwaitedJob, reason: NoResultReason, why: string) {
    super(`Cannot get the result of ${className} ${id}: ${why}`);
    this.jid = id;
    this.reason = reason;
  }
}
