import { clock, setLongTimeout } from "../support/clock.ts";

/** So soon it notices that the wall clock was set, or that the machine slept. */
const LONGEST_SLEEP = 10;

/** One timer that rings once the wall clock shows a time, however far away, and not before. */
export class Alarm {
  readonly #ring: () => void;
  #at = Infinity;
  #cancel = (): void => undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** @param at Epoch seconds; `Infinity` for never. */
  set(at: number): void {
    this.#cancel();
    this.#at = at;
    if (at !== Infinity) {
      this.#cancel = setLongTimeout(() => this.#look(), Math.min(secondsUntil(at), LONGEST_SLEEP));
    }
  }

  #look(): void {
    // Node's timers may be a little early by the wall clock, and the clock may have been set back.
    if (secondsUntil(this.#at) > 0) {
      this.set(this.#at);
      return;
    }
    this.#at = Infinity;
    this.#ring();
  }
}

/**
 * A hundredth of a millisecond is no reason to wait for the next one: doubles are not that exact.
 */
function secondsUntil(at: number): number {
  return Math.max(0, at - clock.now() - 0.000_01);
}
