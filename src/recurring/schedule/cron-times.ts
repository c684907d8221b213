/** What is behind the last value. */
const NONE = 255;

/**
 * The times of day that a cron means: each of its hours with each of its minutes and seconds. In
 * seconds of the day.
 */
export class CronTimes {
  readonly #hours: Uint8Array;
  readonly #minutes: Uint8Array;
  readonly #seconds: Uint8Array;
  readonly #firstSecond: number;
  readonly #firstMinute: number;
  /** The first of a day. */
  readonly first: number;

  constructor(
    hours: readonly number[],
    { minutes, seconds }: { minutes: readonly number[]; seconds: readonly number[] },
  ) {
    this.#hours = nextOnes(hours, 24);
    this.#minutes = nextOnes(minutes, 60);
    this.#seconds = nextOnes(seconds, 60);
    this.#firstSecond = this.#seconds[0] as number;
    this.#firstMinute = (this.#minutes[0] as number) * 60 + this.#firstSecond;
    this.first = (this.#hours[0] as number) * 3600 + this.#firstMinute;
  }

  /** The first from a time on; `undefined` where none is left in the day. */
  next(time: number): number | undefined {
    const atHour = Math.floor(time / 3600);
    const atMinute = Math.floor(time / 60) % 60;
    let hour = this.#hours[atHour] as number;
    if (hour === atHour) {
      let minute = this.#minutes[atMinute] as number;
      if (minute === atMinute) {
        const second = this.#seconds[time % 60] as number;
        if (second !== NONE) return hour * 3600 + minute * 60 + second;
        minute = this.#minutes[atMinute + 1] as number;
      }
      if (minute !== NONE) return hour * 3600 + minute * 60 + this.#firstSecond;
      hour = this.#hours[atHour + 1] as number;
    }
    return hour === NONE ? undefined : hour * 3600 + this.#firstMinute;
  }
}

/** By each number below the limit, and the limit itself, the next value from there on. */
function nextOnes(values: readonly number[], limit: number): Uint8Array {
  const next = new Uint8Array(limit + 1).fill(NONE);
  for (let index = limit - 1; index >= 0; index -= 1) {
    next[index] = values.includes(index) ? index : (next[index + 1] as number);
  }
  return next;
}
