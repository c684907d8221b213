import { MandateError } from "../support/errors.ts";

/** A batch that is cancelled takes no more jobs. */
export class BatchCancelledError extends MandateError {
  static {
    this.named("BatchCancelledError");
  }

  readonly code = "MANDATE_BATCH_CANCELLED";
  /** The batch's id. */
  readonly batchId: string;

  constructor(batchId: string) {
    super(`Cannot add to batch ${batchId}: it was cancelled. Make another with Batch.create`);
    this.batchId = batchId;
  }
}

/** A batch is closed, or over, and takes no more jobs from here. */
export class BatchClosedError extends MandateError {
  static {
    this.named("BatchClosedError");
  }

  readonly code = "MANDATE_BATCH_CLOSED";
  /** The batch's id. */
  readonly batchId: string;

  constructor(batchId: string, why: string, remedy: string) {
    super(`Cannot add to batch ${batchId}: ${why}. ${remedy}`);
    this.batchId = batchId;
  }
}

/** A batch was waited for, and is not complete in time. */
export class BatchTimeoutError extends MandateError {
  static {
    this.named("BatchTimeoutError");
  }

  readonly code = "MANDATE_BATCH_TIMEOUT";
  /** The batch's id. */
  readonly batchId: string;

  constructor(batchId: string, seconds: number, cause: unknown) {
    const why = cause === undefined ? "it is not complete" : "its store does not answer";
    super(
      `Cannot wait for batch ${batchId} any longer: after ${seconds} s ${why}. ` +
        "Look at its status(), and whether workers run",
      { cause },
    );
    this.batchId = batchId;
  }
}
