import { MandateError } from "../../support/errors.ts";

/**
 * A job was not enqueued, because one like it is there, and its class says
 * `onConflict: "raise"`. The message does not say the key: arguments are in it.
 */
export class DuplicateJobError extends MandateError {
  static {
    this.named("DuplicateJobError");
  }

  readonly code = "MANDATE_DUPLICATE_JOB";
  /** The command's name, or the name of a `Job` class. */
  readonly className: string;
  /** What both jobs are about, as `locks()` lists it. */
  readonly key: string;
  /** The jid of the job that is there: `jobById` takes it, and so does `prereqJobs`. */
  readonly holder: string;

  constructor(
    className: string,
    { key, holder }: { readonly key: string; readonly holder: string },
  ) {
    super(
      `Cannot defer ${className}: job ${holder} is there already, and holds the key of this one. ` +
        "Wait for that job (jobById), or defer with { unique: false }",
    );
    this.className = className;
    this.key = key;
    this.holder = holder;
  }
}
