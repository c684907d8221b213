import { clock } from "../../../support/clock.ts";

/** Priority and place of a waiting job. Both are 64 bits: as text they stay exact. */
type Floor = readonly [priority: string, pos: string];

/**
 * The last that was taken from a queue, whether it was looked for behind a floor, and for how many
 * seconds.
 */
export type Walk = readonly [last: Floor, isBehind: boolean, seconds: number];

/** A look from the beginning may take this share of the time. */
const SHARE = 0.1;

/**
 * From where on to look for waiting jobs, in queues where it takes long to pass what was taken
 * before them: Postgres forgets nothing that a transaction may still ask for, however long it stays
 * open.
 *
 * Jobs that come in before the floor (put back, of a higher priority, or of a transaction that was
 * open for long) are found by a look from the beginning: one is due after ten times as long as the
 * last one took.
 */
export class Floors {
  readonly #floors = new Map<string, { place: Floor; readonly until: number }>();

  /** Those by which to look now, by queue, as JSON; `null` if there are none. */
  get text(): string | null {
    if (this.#floors.size === 0) {
      return null;
    }
    const now = clock.monotonic();
    for (const [queue, { until }] of this.#floors) {
      if (until <= now) this.#floors.delete(queue);
    }
    const places = [...this.#floors].map(([queue, { place }]) => [queue, place] as const);
    return places.length === 0 ? null : JSON.stringify(Object.fromEntries(places));
  }

  learn(walks: Readonly<Record<string, Walk>> = {}): void {
    for (const [queue, [place, isBehind, seconds]] of Object.entries(walks)) {
      const floor = this.#floors.get(queue);
      if (!isBehind) {
        this.#floors.set(queue, { place, until: clock.monotonic() + seconds / SHARE });
      } else if (floor !== undefined) {
        floor.place = place;
      }
    }
  }
}
