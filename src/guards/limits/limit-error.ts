import { MandateError } from "../../support/errors.ts";

/**
 * The `to` of a class's limit threw, or returned no number that can be one. Nothing was enqueued.
 * The message says nothing of the arguments; what was thrown is the `cause`.
 */
export class InvalidLimitError extends MandateError {
  static {
    this.named("InvalidLimitError");
  }

  readonly code = "MANDATE_INVALID_LIMIT";
  /** The command's name, or the name of a `Job` class. */
  readonly className: string;
  /** By which its class declares the limit: `"limitConcurrency"` or `"limitRate"`. */
  readonly macro: string;

  constructor(
    { className }: { readonly className: string },
    { macro }: { readonly macro: string },
    {
      problem,
      remedy,
      ...options
    }: { readonly problem: string; readonly remedy: string; readonly cause?: unknown },
  ) {
    super(
      `Cannot limit ${className} by ${macro}: its function "to" ${problem}. ${remedy}`,
      options,
    );
    this.className = className;
    this.macro = macro;
  }
}
