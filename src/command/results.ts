/** How a `CallbacksCommand` ended. */
export class Results<Result> {
  /** Whether `call()` ran to its end. */
  readonly succeeded: boolean;
  /** What `call()` returned; `undefined` if it was aborted. */
  readonly result: Result | undefined;
  /** What `addError` and `abort` were given, in that order. */
  readonly errors: readonly unknown[];

  /** @internal */
  constructor(options: {
    readonly succeeded: boolean;
    readonly result: Result | undefined;
    readonly errors: readonly unknown[];
  }) {
    this.succeeded = options.succeeded;
    this.result = options.result;
    this.errors = options.errors;
  }

  /** Calls `callback` with the result if the command succeeded. */
  onSuccess(callback: (result: Result) => void): this {
    if (this.succeeded) {
      callback(this.result as Result);
    }
    return this;
  }

  /** Calls `callback` with the errors if the command was aborted. */
  onFailure(callback: (errors: readonly unknown[]) => void): this {
    if (!this.succeeded) {
      callback(this.errors);
    }
    return this;
  }
}
