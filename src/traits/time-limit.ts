import { setLongTimeout } from "../support/clock.ts";
import { MandateError } from "../support/errors.ts";

/**
 * Seconds beyond its timeout after which a run that goes on is reported, and from each report to
 * the next.
 */
const GRACE = 5;
const AGAIN = 60;

/** A job ran for longer than the `timeout` of its class. */
export class TimeoutError extends MandateError {
  static {
    this.named("TimeoutError");
  }

  readonly code = "MANDATE_TIMEOUT";
  /** Seconds that it was given. */
  readonly timeout: number;

  constructor(className: string, timeout: number, options?: { cause?: unknown }) {
    super(
      `Cannot let ${className} run on: it took longer than its timeout, ${timeout} seconds. ` +
        "Raise the timeout of the class, or let it do less in one run",
      options,
    );
    this.timeout = timeout;
  }
}

interface TimeLimitOptions {
  /** Called once, when the time is over. @returns false if that does not matter any more. */
  readonly onElapsed: () => boolean;
  /**
   * Called some seconds later, and then again and again.
   *
   * @param seconds since the time was over.
   */
  readonly onOverdue: (seconds: number) => void;
}

/** The time that one run is given, from now on. Keeps no process alive. */
export class TimeLimit {
  readonly #onOverdue: TimeLimitOptions["onOverdue"];
  #cancel = (): void => undefined;

  constructor(seconds: number, { onElapsed, onOverdue }: TimeLimitOptions) {
    this.#onOverdue = onOverdue;
    this.#in(seconds, () => {
      if (onElapsed()) {
        this.#report(GRACE, GRACE);
      }
    });
  }

  /** The run has ended. */
  end(): void {
    this.#cancel();
  }

  #report(after: number, sum: number): void {
    this.#in(after, () => {
      this.#onOverdue(sum);
      this.#report(AGAIN, sum + AGAIN);
    });
  }

  #in(seconds: number, call: () => void): void {
    this.#cancel = setLongTimeout(call, seconds, { unref: true });
  }
}
