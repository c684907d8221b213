import { MandateError } from "../support/errors.ts";
import { countOf } from "../support/wording.ts";

/**
 * A job was resumed as often as `maxResumptions` of its class allows, and was to be put back again.
 */
export class ResumptionLimitError extends MandateError {
  static {
    this.named("ResumptionLimitError");
  }

  readonly code = "MANDATE_RESUMPTION_LIMIT";
  /** How often it was resumed. */
  readonly resumptions: number;

  constructor(className: string, resumptions: number) {
    super(
      `Cannot put ${className} back at its checkpoint: it was resumed ${countOf(resumptions, "time")}, ` +
        "and its maxResumptions allows no more. Raise that, or let a run do more",
    );
    this.resumptions = resumptions;
  }
}
