import { dateOf, lastDates } from "../dates.ts";
import type { DayCounters } from "../job-store.ts";

interface Counters {
  readonly processed: number;
  readonly failed: number;
}

const DAY = 86_400;

/** What counters grew by on each day: noted once a day, so that counting costs nothing more. */
export class DayCounts {
  readonly #past = new Map<string, Counters>();
  /** What the counters said when the day began that goes on. */
  #before: Counters = { processed: 0, failed: 0 };
  #endsAt = -Infinity;

  /**
   * Before something is counted: what was counted since the last time belongs to the day that went
   * on then.
   */
  note(now: number, counters: Counters): void {
    if (now < this.#endsAt) {
      return;
    }
    if (this.#endsAt !== -Infinity) {
      this.#past.set(dateOf(this.#endsAt - DAY), this.#since(counters));
    }
    this.#before = { ...counters };
    this.#endsAt = (Math.floor(now / DAY) + 1) * DAY;
  }

  /** The last days, the oldest first. */
  last(days: number, now: number, counters: Counters): DayCounters[] {
    this.note(now, counters);
    const today = dateOf(this.#endsAt - DAY);
    return lastDates(now, days).map((date) => {
      const counts = date === today ? this.#since(counters) : this.#past.get(date);
      return { date, processed: counts?.processed ?? 0, failed: counts?.failed ?? 0 };
    });
  }

  #since({ processed, failed }: Counters): Counters {
    return {
      processed: processed - this.#before.processed,
      failed: failed - this.#before.failed,
    };
  }
}
