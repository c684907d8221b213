import type { JobRecord } from "../../adapters/job-record.ts";
import { comesAgain, type ComingAgain } from "../../job/outcome/coming-again.ts";
import { isCount } from "../../job/record/failure-fields.ts";
import { clock } from "../../support/clock.ts";
import { MandateError } from "../../support/errors.ts";
import { fullName, type LimiterKind } from "./limiter-kind.ts";

/** Sidekiq Enterprise's: so often a job is put back in a row, and then it fails. */
const MOST = 20;
/** Seconds by which each time is later than the one before. Sidekiq Enterprise's are 300. */
const LEAST_STEP = 15;
const LARGEST_STEP = 300;

/** Which limiter it was, and when it may be free. */
interface OverLimit {
  readonly kind: LimiterKind;
  readonly name: string;
  /** Seconds from now, as far as that is known. */
  readonly retryIn: number | undefined;
  /** Its own measure of time, seconds: its window, or how long it may be held. */
  readonly period: number;
  /** Seconds for which the caller waited at most. */
  readonly wait: number;
}

/**
 * A limiter was full for as long as the caller waits.
 *
 * Thrown out of a job, it puts that back: no failure, and no attempt is spent, up to 20 times in a
 * row; then it fails the job as any error does. A rule of the class that names this error, such as
 * `discardOn(OverLimitError)`, comes first.
 */
export class OverLimitError extends MandateError {
  static {
    this.named("OverLimitError");
  }

  readonly code = "MANDATE_OVER_LIMIT";
  /** The limiter's name. */
  readonly limiter: string;
  /** What kind of limiter that is. */
  readonly kind: LimiterKind;
  /** When it may be free, as far as that is known: somebody else may be faster. */
  readonly retryAt: Date | undefined;
  readonly #period: number;

  /** @internal */
  constructor({ kind, name, retryIn, period, wait }: OverLimit) {
    const soon = retryIn === undefined ? "" : `, and may be free in ${shown(retryIn)}`;
    super(
      `Cannot go on within ${fullName(kind, name)}: it is full${soon}. ` +
        `Wait for longer than its ${shown(wait)}, or try again later: a job is put back by itself`,
    );
    this.limiter = name;
    this.kind = kind;
    this.retryAt = retryIn === undefined ? undefined : new Date((clock.now() + retryIn) * 1000);
    this.#period = period;
  }

  /**
   * @internal As it grows linearly, and is spread, those that come together do not come again so.
   */
  [comesAgain]({ overrated }: JobRecord): ComingAgain | undefined {
    const times = isCount(overrated) ? Math.max(overrated, 0) : 0;
    if (times >= MOST) {
      return undefined;
    }
    const step = Math.min(Math.max(this.#period, LEAST_STEP), LARGEST_STEP);
    const free = this.retryAt === undefined ? 0 : this.retryAt.getTime() / 1000 - clock.now();
    const delay = Math.max(free, 0) + step * (times + Math.random());
    return { delay, changes: { overrated: times + 1 } };
  }
}

function shown(seconds: number): string {
  return `${Number(seconds.toFixed(seconds < 10 ? 2 : 0))} s`;
}
