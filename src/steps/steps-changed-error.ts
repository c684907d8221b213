import { MandateError } from "../support/errors.ts";

interface StepsChange {
  readonly className: string;
  /** The step that a run before this one had come to; within others: `"outer/inner"`. */
  readonly expected: string;
  /** The step that came in its place; `undefined`: none did. */
  readonly found: string | undefined;
}

/**
 * A job goes on in code whose steps are others than those that it has done: one was renamed, left
 * out, or stands elsewhere. It is a failure like any other, so that the job waits for code that
 * fits, and in the end for a person.
 */
export class StepsChangedError extends MandateError {
  static {
    this.named("StepsChangedError");
  }

  readonly code = "MANDATE_STEPS_CHANGED";
  /** The step that a run before this one had come to; within others: `"outer/inner"`. */
  readonly expected: string;
  /** The step that came in its place; `undefined` where the work ended without it. */
  readonly found: string | undefined;

  constructor({ className, expected, found }: StepsChange) {
    const instead =
      found === undefined ? "its work ended without it" : `${JSON.stringify(found)} came instead`;
    super(
      `Cannot resume ${className}: it had come to step ${JSON.stringify(expected)}, and ${instead}. ` +
        "Give steps the names and the order that they had, and add new ones behind them; or enqueue the job anew",
    );
    this.expected = expected;
    this.found = found;
  }
}
