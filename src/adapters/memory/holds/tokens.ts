import type { Rate } from "../../hold.ts";

/** What numbers of this size are off by, and more. */
const A_MICROSECOND = 1e-6;

/**
 * Tokens of one key, by the generic cell rate algorithm: all that is kept is when the last one
 * spent would have been due at the steady rate.
 */
export class Tokens {
  #rate: Rate;
  #spentUntil = -Infinity;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  get rate(): Rate {
    return this.#rate;
  }

  /** What is spent counts for as many tokens as before. @returns whether it is another rate. */
  change(rate: Rate, now: number): boolean {
    const { to, seconds, burst } = this.#rate;
    if (to === rate.to && seconds === rate.seconds && burst === rate.burst) {
      return false;
    }
    const spent = Math.max(this.#spentUntil - now, 0) / this.#step;
    this.#rate = rate;
    this.#spentUntil = now + spent * this.#step;
    return true;
  }

  /** When so many may be spent, epoch seconds: now or later. */
  dueAt(now: number, count = 1): number {
    const ahead = Math.max(this.#spentUntil - now, 0);
    const wait = ahead + (count - this.#rate.burst) * this.#step;
    return wait <= A_MICROSECOND ? now : now + wait;
  }

  spend(now: number, count = 1): void {
    this.#spentUntil = Math.max(this.#spentUntil, now) + count * this.#step;
  }

  giveBack(count = 1): void {
    this.#spentUntil -= count * this.#step;
  }

  /** Whether it makes no difference that any were spent. */
  isFull(now: number): boolean {
    return this.#spentUntil <= now;
  }

  get #step(): number {
    return this.#rate.seconds / this.#rate.to;
  }
}
