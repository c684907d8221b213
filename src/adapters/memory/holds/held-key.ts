import type { Rate } from "../../hold.ts";
import type { Position } from "../chunk.ts";
import type { Named } from "../named-items.ts";
import { SortedList } from "../sorted-list.ts";
import { Grip } from "./grip.ts";
import { ParkedLine, type LinesOfQueue } from "./parked-line.ts";
import { Tokens } from "../../tokens.ts";

/** One key: who holds it, and who waits for it. */
export class HeldKey<Waiting extends Position> implements Named {
  readonly name: string;
  readonly rank = 0;
  readonly order: number;
  to = 1;
  tokens: Tokens | undefined = undefined;
  /** It was limited by itself, and by no job: that is kept. */
  isLimited = false;
  /** How many jobs name it that are not over: its limit is kept for them. */
  named = 0;
  /** How often it was taken. */
  taken = 0;
  /** How many of its holders are dead. */
  dead = 0;
  hasDied = false;
  /** A fetch found it full that would have taken jobs of its queue. */
  isAwaited = false;
  /** Those that hold it, the eldest first. */
  readonly holders: Map<string, Grip<HeldKey<Waiting>>> = new Map();
  /** Those that wait, from their enqueueing on, until it is free. */
  readonly line: Set<Waiting> = new Set();
  /** Those that wait until nobody holds it, or one has died. */
  readonly watchers: Set<Waiting> = new Set();
  /** Those that wait for a turn, or a token, by their queue. */
  readonly parked: Map<string, ParkedLine<HeldKey<Waiting>, Waiting>> = new Map();
  /** When it is looked at because of the time. */
  wakeAt:
    { readonly rank: number; readonly order: number; readonly key: HeldKey<Waiting> } | undefined =
    undefined;
  /** Holders that time ends, the next first. */
  readonly #expiring = new SortedList<Grip<HeldKey<Waiting>>>();

  constructor(name: string, order: number) {
    this.name = name;
    this.order = order;
  }

  /** The latest declaration counts. @returns whether it may let more pass than the one before. */
  declare({ to, rate }: { readonly to?: number; readonly rate?: Rate }, now: number): boolean {
    const before = this.to;
    this.to = to ?? (rate === undefined ? 1 : Infinity);
    return this.#setRate(rate, now) || this.to > before;
  }

  #setRate(rate: Rate | undefined, now: number): boolean {
    if (rate === undefined || this.tokens === undefined) {
      const isFreer = rate === undefined && this.tokens !== undefined;
      this.tokens = rate && new Tokens(rate);
      return isFreer;
    }
    return this.tokens.change(rate, now);
  }

  hold(grip: Grip<HeldKey<Waiting>>): void {
    this.taken += 1;
    this.holders.set(grip.holder, grip);
    if (grip.rank !== Infinity) {
      this.#expiring.add(grip);
    }
  }

  /** @returns whether it was held. */
  letGo(grip: Grip<HeldKey<Waiting>>): boolean {
    if (this.holders.get(grip.holder) !== grip) {
      return false;
    }
    this.holders.delete(grip.holder);
    this.dead -= grip.isDead ? 1 : 0;
    if (grip.rank !== Infinity) {
      this.#expiring.remove(grip);
    }
    return true;
  }

  /** Those whose time is over let go. @returns whether there was one. */
  expire(now: number): boolean {
    let next = this.#expiring.first;
    const isAny = next !== undefined && next.rank <= now;
    for (; next !== undefined && next.rank <= now; next = this.#expiring.first) {
      this.letGo(next);
    }
    return isAny;
  }

  /** Whether nobody can have it beside those that do. */
  get isFull(): boolean {
    return this.holders.size >= this.to;
  }

  /** The one that has held it longest. */
  get eldest(): string | undefined {
    for (const holder of this.holders.keys()) {
      return holder;
    }
    return undefined;
  }

  /** When the next of its holds ends by time. */
  get nextEnd(): number | undefined {
    return this.#expiring.first?.rank;
  }

  /** How many wait for it. */
  get waiting(): number {
    let count = this.line.size + this.watchers.size;
    for (const { size } of this.parked.values()) {
      count += size;
    }
    return count;
  }

  /** Whether a job can be handed out that needs a token of it, or a turn. */
  isFree(now: number): boolean {
    return !this.isFull && (this.tokens === undefined || this.tokens.dueAt(now) <= now);
  }

  /** When something may change by itself that somebody waits for. */
  nextChange(now: number): number | undefined {
    const isForTurn = this.parked.size > 0 || this.isAwaited;
    if (!isForTurn && this.line.size === 0 && this.watchers.size === 0) {
      return undefined;
    }
    const token = isForTurn ? (this.tokens?.dueAt(now) ?? now) : now;
    const next = Math.min(this.nextEnd ?? Infinity, token > now ? token : Infinity);
    return next === Infinity ? undefined : next;
  }

  /** Whether nothing has to be kept of it. */
  isIdle(now: number): boolean {
    return (
      this.named === 0 &&
      this.holders.size === 0 &&
      this.line.size === 0 &&
      this.watchers.size === 0 &&
      this.parked.size === 0 &&
      !this.isLimited &&
      !this.isAwaited &&
      this.tokens?.isFull(now) !== false
    );
  }

  /** The line of a queue, which is there from now on. */
  lineOf(
    queue: LinesOfQueue<ParkedLine<HeldKey<Waiting>, Waiting>>,
  ): ParkedLine<HeldKey<Waiting>, Waiting> {
    let line = this.parked.get(queue.name);
    if (line === undefined) {
      line = new ParkedLine(this, queue);
      this.parked.set(queue.name, line);
    }
    return line;
  }

  /** Tells its lines whether they may be served. */
  setReady(isReady: boolean): void {
    for (const line of this.parked.values()) {
      line.setReady(isReady);
    }
  }
}
