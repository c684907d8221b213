import { MandateError } from "../../support/errors.ts";

/** A job was discarded without being run: its time was over. What `afterDiscard` is told. */
export class JobExpiredError extends MandateError {
  static {
    this.named("JobExpiredError");
  }

  readonly code = "MANDATE_JOB_EXPIRED";

  constructor(className: string) {
    super(
      `Cannot run ${className}: its time was over before it was its turn. ` +
        "Raise the expiresIn of its class, or start more workers",
    );
  }
}
