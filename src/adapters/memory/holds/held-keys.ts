import type { Hold, Rate } from "../../hold.ts";
import type { Announcer } from "../announcer.ts";
import type { Position } from "../chunk.ts";
import { NamedItems } from "../named-items.ts";
import { SortedList } from "../sorted-list.ts";
import { Grip } from "./grip.ts";
import { HeldKey } from "./held-key.ts";
import type { JobHolds } from "./job-holds.ts";
import type { LinesOfQueue, ParkedLine } from "./parked-line.ts";

/** Below so many nobody looks for those of which nothing has to be kept. */
const FEW = 1_000;

/** Who takes a key, and until when. */
export interface Taking {
  readonly holder: string;
  readonly ends: Hold["until"];
  readonly seconds?: number | undefined;
  readonly now: number;
}

/** All keys. Whoever waits for one hears of it as soon as it may be free. */
export class HeldKeys<Waiting extends Position> {
  readonly #keys = new NamedItems<HeldKey<Waiting>>();
  /** Those of which somebody waits for more than a turn, and may go on. */
  readonly #freed = new Set<HeldKey<Waiting>>();
  readonly #wakes = new SortedList<NonNullable<HeldKey<Waiting>["wakeAt"]>>();
  readonly #announcer: Announcer;
  #lastOrder = 0;
  #sweepAt = FEW;

  constructor(announcer: Announcer) {
    this.#announcer = announcer;
  }

  /** Whether there is any. */
  get isEmpty(): boolean {
    return this.#keys.size === 0;
  }

  find(name: string, now: number): HeldKey<Waiting> | undefined {
    const key = this.#keys.get(name);
    if (key !== undefined) {
      this.refresh(key, now);
    }
    return key;
  }

  /** Looks whether time has ended any of its holds. */
  refresh(key: HeldKey<Waiting>, now: number): void {
    if (key.expire(now)) {
      this.changed(key, now);
    }
  }

  /** The key, which is there from now on, as it is declared here. */
  declared(
    name: string,
    limit: { readonly to?: number; readonly rate?: Rate },
    now: number,
  ): HeldKey<Waiting> {
    let key = this.find(name, now);
    if (key === undefined) {
      this.#sweep(now);
      key = this.#keys.add((order) => new HeldKey<Waiting>(name, order));
    }
    if (key.declare(limit, now)) {
      this.#tell(key, now);
    }
    return key;
  }

  page(prefix: string, cursor: string | undefined, limit: number): KeysPage<Waiting> {
    return this.#keys.page(prefix, cursor, limit);
  }

  take(key: HeldKey<Waiting>, { holder, ends, seconds, now }: Taking): Grip<HeldKey<Waiting>> {
    const before = key.holders.get(holder);
    if (before !== undefined) {
      key.letGo(before);
    }
    this.#lastOrder += 1;
    const order = this.#lastOrder;
    const grip = new Grip<HeldKey<Waiting>>(key, {
      holder,
      since: now,
      ends,
      seconds: seconds ?? Infinity,
      order,
    });
    key.hold(grip);
    if (seconds !== undefined) {
      this.#setWake(key, now);
    }
    return grip;
  }

  letGo(grip: Grip<HeldKey<Waiting>>, now: number): boolean {
    const wasHeld = grip.key.letGo(grip);
    if (wasHeld) {
      this.changed(grip.key, now);
    }
    return wasHeld;
  }

  /** Somebody let go, a limit was raised, or a token is due: whoever waits may go on. */
  changed(key: HeldKey<Waiting>, now: number): void {
    this.#tell(key, now);
    this.#forgetIdle(key, now);
  }

  #tell(key: HeldKey<Waiting>, now: number): void {
    const { isFull } = key;
    if ((key.parked.size > 0 || key.isAwaited) && key.isFree(now)) {
      key.setReady(true);
      key.isAwaited = false;
      this.#announcer.work();
    }
    const isOpen = (key.line.size > 0 && !isFull) || (key.watchers.size > 0 && isWatchable(key));
    if (isOpen) {
      this.#freed.add(key);
      this.#announcer.work();
    }
    this.#setWake(key, now);
  }

  /** Somebody waits for it from now on, or no longer. */
  waitingChanged(key: HeldKey<Waiting>, now: number): void {
    this.#setWake(key, now);
    this.#forgetIdle(key, now);
  }

  // --- Lines of queues
  // ------------------------------------------------------------------------------

  park(
    job: Waiting,
    holds: JobHolds<Waiting>,
    {
      key,
      queue,
      now,
    }: {
      readonly key: HeldKey<Waiting>;
      readonly queue: LinesOfQueue<ParkedLine<HeldKey<Waiting>, Waiting>>;
      readonly now: number;
    },
  ): void {
    const line = key.lineOf(queue);
    line.add(job);
    holds.line = line;
    this.waitingChanged(key, now);
  }

  /** A job leaves every line that it stands in. */
  leaveLines(job: Waiting, holds: JobHolds<Waiting>, now: number): void {
    const { line, waiting } = holds;
    if (line !== undefined) {
      holds.line = undefined;
      line.remove(job);
      if (line.size === 0) {
        line.key.parked.delete(line.queue.name);
      }
      this.waitingChanged(line.key, now);
    }
    if (waiting !== undefined) {
      holds.waiting = undefined;
      waiting.key.line.delete(job);
      waiting.key.watchers.delete(job);
      this.waitingChanged(waiting.key, now);
    }
  }

  /** No more can be handed out for it now. */
  isUsedUp(key: HeldKey<Waiting>, now: number): void {
    key.setReady(false);
    this.#setWake(key, now);
  }

  // --- What may go on
  // -------------------------------------------------------------------------------

  get freed(): ReadonlySet<HeldKey<Waiting>> {
    return this.#freed;
  }

  /** Nobody in its line can go on now. */
  isServed(key: HeldKey<Waiting>): void {
    this.#freed.delete(key);
  }

  /** When a key is to be looked at. */
  get nextWake(): number | undefined {
    return this.#wakes.first?.rank;
  }

  /** Looks at keys whose time has come. */
  wake(now: number): void {
    let next = this.#wakes.first;
    for (; next !== undefined && next.rank <= now; next = this.#wakes.first) {
      const { key } = next;
      this.#wakes.remove(next);
      key.wakeAt = undefined;
      key.expire(now);
      this.changed(key, now);
    }
  }

  /** Forgets all. */
  clear(): void {
    for (const { key } of this.#wakes.after(undefined, Infinity)) {
      key.wakeAt = undefined;
    }
    while (this.#wakes.shift() !== undefined);
    this.#keys.clear();
    this.#freed.clear();
  }

  #setWake(key: HeldKey<Waiting>, now: number): void {
    const at = key.nextChange(now);
    if (at === key.wakeAt?.rank) {
      return;
    }
    if (key.wakeAt !== undefined) {
      this.#wakes.remove(key.wakeAt);
      key.wakeAt = undefined;
    }
    if (at !== undefined) {
      key.wakeAt = { rank: at, order: key.order, key };
      this.#wakes.add(key.wakeAt);
      this.#announcer.due(at);
    }
  }

  #forgetIdle(key: HeldKey<Waiting>, now: number): void {
    if (key.isIdle(now) && this.#keys.get(key.name) === key) {
      this.#keys.delete(key);
    }
  }

  #sweep(now: number): void {
    if (this.#keys.size >= this.#sweepAt) {
      for (const key of this.#keys.all()) {
        key.expire(now);
        this.#forgetIdle(key, now);
      }
      this.#sweepAt = Math.max(FEW, 2 * this.#keys.size);
    }
  }
}

/** Whether one of those that do not wait for their turn may go on. */
function isWatchable({ holders, hasDied }: HeldKey<Position>): boolean {
  return holders.size === 0 || hasDied;
}

interface KeysPage<Waiting extends Position> {
  readonly items: readonly HeldKey<Waiting>[];
  readonly cursor: string | undefined;
}
