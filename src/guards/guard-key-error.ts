import { MandateError } from "../support/errors.ts";

/**
 * The key of a guard could not be made: the `by` of its class threw, or returned what can be none.
 * Nothing was enqueued. The message says nothing of the arguments; what was thrown is the `cause`.
 */
export class GuardKeyError extends MandateError {
  static {
    this.named("GuardKeyError");
  }

  readonly code = "MANDATE_GUARD_KEY";
  /** The command's name, or the name of a `Job` class. */
  readonly className: string;
  /** By which its class declares the guard, such as `"unique"`. */
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
    super(`Cannot make the key of ${className} for ${macro}: ${problem}. ${remedy}`, options);
    this.className = className;
    this.macro = macro;
  }
}
