import { MandateError } from "../support/errors.ts";

/** Where among a job's arguments a value stands. */
export interface ArgumentLocation {
  /** The command or job that has the arguments. */
  readonly className: string;
  /** Which argument it is in, counted from 0. */
  readonly argumentIndex: number;
  /** What the argument is called, where that is known. */
  readonly parameterName?: string | undefined;
  /**
   * What it is called where it is a context attribute and no argument; `className` is what defines
   * it.
   */
  readonly attributeName?: string | undefined;
  /**
   * The way to the value within the argument, such as `.attachments[0]`; empty for the argument
   * itself. What is in a Map or a Set is numbered: `.byName{value 0}`, `.byName{key 0}`,
   * `.tags{0}`.
   */
  readonly path: string;
  /** The value is the job's result, and no argument. */
  readonly isResult?: boolean | undefined;
  /** The value is what a step keeps, which `className` names, and no argument. */
  readonly isStep?: boolean | undefined;
}

/**
 * An argument that cannot be deferred. The message and the fields say where it is and of what type,
 * never what it holds.
 */
export class SerializationError extends MandateError {
  static {
    this.named("SerializationError");
  }

  readonly code = "MANDATE_SERIALIZATION";
  /** The command or job that has the arguments; of a context attribute what defines it. */
  readonly className: string;
  /** Which argument it is in, counted from 0; the message counts from 1. */
  readonly argumentIndex: number;
  /** The way to the value within the argument; empty for the argument itself. */
  readonly path: string;

  constructor(reason: string, options: ArgumentLocation & { cause?: unknown }) {
    const { className, argumentIndex, parameterName, attributeName, isResult, isStep, path } =
      options;
    const name = parameterName === undefined ? "" : ` (${parameterName})`;
    const at = path === "" ? "" : `, at ${path}`;
    const what =
      isResult === true
        ? "the result"
        : attributeName === undefined
          ? `argument ${argumentIndex + 1}${name}`
          : `context attribute ${attributeName}`;
    super(
      `${isStep === true ? className : `${what} of ${className}`}${at}: ${reason}`,
      "cause" in options ? { cause: options.cause } : undefined,
    );
    this.className = className;
    this.argumentIndex = argumentIndex;
    this.path = path;
  }
}
