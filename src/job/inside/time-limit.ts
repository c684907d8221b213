import { setLongTimeout } from "../../support/clock.ts";
import { MandateError } from "../../support/errors.ts";

/** Seconds beyond its timeout after which a run that goes on is reported, and from each report to the next. */
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

export interface TimeLimitOptions {
  readonly className: string;
  readonly seconds: number;
  /** Called once, when the time is over. */
  readonly onElapsed: (error: TimeoutError) => void;
  /** Called some seconds later, and then again and again. @param seconds since the time was over. */
  readonly onOverdue?: (seconds: number) => void;
}

/** The time that one run is given. It keeps no process alive. */
export class TimeLimit {
  readonly #options: TimeLimitOptions;
  #error: TimeoutError | undefined = undefined;
  #cancel = (): void => undefined;

  /** It begins here. */
  constructor(options: TimeLimitOptions) {
    this.#options = options;
    this.#in(options.seconds, () => {
      this.#error = new TimeoutError(options.className, options.seconds);
      this.#report(GRACE, GRACE);
      options.onElapsed(this.#error);
    });
  }

  /** Why the run is a failure, however it ends: its time is over. `undefined` before. */
  get error(): TimeoutError | undefined {
    return this.#error;
  }

  /** The run has ended. */
  end(): void {
    this.#cancel();
  }

  /** What the run failed with that threw this when its time was over; `undefined` if that was before. */
  failure(thrown: unknown): TimeoutError | undefined {
    if (this.#error === undefined || thrown === this.#error) {
      return this.#error;
    }
    const { className, seconds } = this.#options;
    return new TimeoutError(className, seconds, { cause: thrown });
  }

  #report(after: number, sum: number): void {
    this.#in(after, () => {
      this.#options.onOverdue?.(sum);
      this.#report(AGAIN, sum + AGAIN);
    });
  }

  #in(seconds: number, call: () => void): void {
    this.#cancel = setLongTimeout(call, seconds, { unref: true });
  }
}
