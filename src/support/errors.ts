/**
 * The base of every error that this library throws for a condition a caller may handle.
 *
 * Tell errors apart by `code`, which never changes, or by `instanceof`. Wrong use in code (a
 * callback that is no function, a setting of the wrong type) throws `TypeError` or `RangeError`.
 */
export abstract class MandateError extends Error {
  /** A stable name for the condition, such as `"MANDATE_INVALID_DURATION"`. */
  abstract readonly code: string;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
  }

  /**
   * Sets `name` on the prototype of the class it is called on, where it is not an own property of
   * each error and survives a minifier: `static { this.named("InvalidDurationError"); }`.
   */
  protected static named(name: string): void {
    const property = { value: name, writable: true, configurable: true };
    Object.defineProperty(this.prototype, "name", property);
  }
}

/** Settings, or what an application registered, do not fit together. */
export class ConfigurationError extends MandateError {
  static {
    this.named("ConfigurationError");
  }

  readonly code = "MANDATE_CONFIGURATION";
}
