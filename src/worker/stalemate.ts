import { clock } from "../support/clock.ts";

/**
 * So many exchanges fail in a row, and so many renewals succeed meanwhile, before that is called no
 * progress.
 */
const FAILURES = 3;
const RENEWALS = 2;

/**
 * Tells a worker that makes no progress from one whose store is away: its exchanges fail, again and
 * again, and its lease is renewed all the same. What it holds would be nobody's for ever; others
 * may be better connected.
 */
export class Stalemate {
  /** Seconds. */
  readonly #patience: number;
  #since: number | undefined;
  #failures = 0;
  #renewals = 0;

  constructor(patience: number) {
    this.#patience = patience;
  }

  /** An exchange was answered. */
  served(): void {
    this.#since = undefined;
    this.#failures = 0;
    this.#renewals = 0;
  }

  /** The lease was renewed. */
  renewed(): void {
    this.#renewals += this.#since === undefined ? 0 : 1;
  }

  /**
   * An exchange has failed.
   *
   * @returns for how many seconds nothing was got done, where that is too long; else `undefined`.
   */
  failed(): number | undefined {
    this.#since ??= clock.monotonic();
    this.#failures += 1;
    const seconds = clock.monotonic() - this.#since;
    const isStuck = this.#failures >= FAILURES && this.#renewals >= RENEWALS;
    return isStuck && seconds >= this.#patience ? seconds : undefined;
  }
}
