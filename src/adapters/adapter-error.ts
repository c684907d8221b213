import { MandateError } from "../support/errors.ts";

/** The store did not answer, or refused. */
export class AdapterError extends MandateError {
  static {
    this.named("AdapterError");
  }

  readonly code = "MANDATE_ADAPTER";
  /** Jids the store surely has. */
  readonly accepted: readonly string[];
  /** Whether the store may have taken the rest all the same: its answer never came. */
  readonly maybeAccepted: boolean;

  constructor(
    message: string,
    options: {
      readonly cause?: unknown;
      readonly accepted?: readonly string[];
      readonly maybeAccepted?: boolean;
    } = {},
  ) {
    super(message, options);
    this.accepted = options.accepted ?? [];
    this.maybeAccepted = options.maybeAccepted ?? false;
  }
}

/** The lease ran out, or was closed: its jobs were, or will be, given to others. */
export class LeaseLostError extends MandateError {
  static {
    this.named("LeaseLostError");
  }

  readonly code = "MANDATE_LEASE_LOST";
  /** Of the worker whose lease it was. */
  readonly identity: string;

  constructor(identity: string) {
    super(
      `Cannot go on as worker "${identity}": its lease has ended, and its jobs go to others. ` +
        "Open a new lease under another identity",
    );
    this.identity = identity;
  }
}
