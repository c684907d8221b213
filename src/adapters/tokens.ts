import type { Rate } from "./hold.ts";

/** What numbers of this size are off by, and more. */
const A_MICROSECOND = 1e-6;

/**
 * Tokens of one key, by the generic cell rate algorithm: all that is kept is when the last one
 * spent would have been due at the steady rate.
 */
export class Tokens {
  #rate: Rate;
  #spentUntil: number;

  /** @param spentUntil As it was kept; see {@link Tokens.spentUntil}. */
  constructor(rate: Rate, spentUntil: number = -Infinity) {
    this.#rate = rate;
    this.#spentUntil = spentUntil;
  }

  /** All that has to be kept of them beside their rate. */
  get spentUntil(): number {
    return this.#spentUntil;
  }

  get rate(): Rate {
    return this.#rate;
  }

  /** What is spent counts for as many tokens as before. @returns whether it is another rate. */
  change(rate: Rate, now: number): boolean {
    const { to, seconds, burst, aligned = false } = this.#rate;
    const isSame = to === rate.to && seconds === rate.seconds && burst === rate.burst;
    if (isSame && aligned === (rate.aligned ?? false)) {
      return false;
    }
    const spent = this.#spent(now);
    this.#rate = rate;
    this.#spentUntil = this.#from(now) + spent * this.#step;
    return true;
  }

  /** When so many may be spent, epoch seconds: now or later. */
  dueAt(now: number, count = 1): number {
    if (this.#rate.aligned === true) {
      return this.left(now) >= count ? now : this.#from(now) + this.#rate.seconds;
    }
    const ahead = Math.max(this.#spentUntil - now, 0);
    const wait = ahead + (count - this.#rate.burst) * this.#step;
    return wait <= A_MICROSECOND ? now : now + wait;
  }

  spend(now: number, count = 1): void {
    this.#spentUntil = this.#from(now) + (this.#spent(now) + count) * this.#step;
  }

  /** How many there are. */
  left(now: number): number {
    const { aligned, to, burst } = this.#rate;
    return (aligned === true ? to : burst) - this.#spent(now);
  }

  giveBack(count = 1): void {
    this.#spentUntil -= count * this.#step;
  }

  /** Whether it makes no difference that any were spent. */
  isFull(now: number): boolean {
    return this.#spentUntil <= this.#from(now);
  }

  /** From where what is spent is counted: where the window began, or now. */
  #from(now: number): number {
    const { aligned, seconds } = this.#rate;
    return aligned === true ? Math.floor((now + A_MICROSECOND) / seconds) * seconds : now;
  }

  /** How many are spent. In a window these are whole ones. */
  #spent(now: number): number {
    const spent = Math.max(this.#spentUntil - this.#from(now), 0) / this.#step;
    return this.#rate.aligned === true ? Math.round(spent) : spent;
  }

  get #step(): number {
    return this.#rate.seconds / this.#rate.to;
  }
}
