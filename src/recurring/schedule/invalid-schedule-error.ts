import { MandateError } from "../../support/errors.ts";

/** A schedule that is not written as one, that this library cannot keep, or that can never fire. */
export class InvalidScheduleError extends MandateError {
  static {
    this.named("InvalidScheduleError");
  }

  readonly code = "MANDATE_INVALID_SCHEDULE";
  /** The schedule as it was given. */
  readonly text: string;
  /**
   * Where in the text it cannot be read: the index of a character; `undefined` where it is about
   * the whole.
   */
  readonly at: number | undefined;

  constructor(
    message: string,
    { text, at, cause }: { text: string; at?: number | undefined; cause?: unknown },
  ) {
    super(message, { cause });
    this.text = text;
    this.at = at;
  }
}
