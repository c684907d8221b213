import type { KeyLimit } from "../../holds.ts";
import type { Rate } from "../../hold.ts";
import { Tokens } from "../../tokens.ts";

/** A key as it is kept. */
export interface KeyRow {
  readonly id: number;
  readonly name: string;
  readonly most: number;
  readonly rate: string | null;
  readonly spent_until: number | null;
  readonly is_limited: number;
  readonly named: number;
  readonly taken: number;
  readonly dead: number;
  readonly has_died: number;
  readonly is_awaited: number;
  readonly held: number;
  readonly lined: number;
  readonly watching: number;
  readonly parked: number;
  readonly next_end: number | null;
  readonly freed: number | null;
  readonly wake_at: number | null;
}

/**
 * One key: how many hold it, and how many wait for it. Who these are is in the tables of grips and
 * jobs.
 */
export class Key {
  readonly id: number;
  readonly name: string;
  to: number;
  tokens: Tokens | undefined;
  /** It was limited by itself, and by no job: that is kept. */
  isLimited: boolean;
  /** How many jobs name it that are not over: its limit is kept for them. */
  named: number;
  /** How often it was taken. */
  taken: number;
  /** How many of its holders are dead. */
  dead: number;
  hasDied: boolean;
  /** A fetch found it full that would have taken jobs of its queue. */
  isAwaited: boolean;
  /** How many hold it. */
  held: number;
  /** How many wait, from their enqueueing on, until it is free. */
  lined: number;
  /** How many wait until nobody holds it, or one has died. */
  watching: number;
  /** How many wait for a turn, or a token. */
  parked: number;
  /** When the next of its holds ends by time. */
  nextEnd: number | undefined;
  /**
   * In which order it came to be looked at by `releaseBlocked`; `undefined` where there is no
   * reason to.
   */
  freed: number | undefined;
  /** When it is looked at because of the time. */
  wakeAt: number | undefined;
  isGone = false;

  constructor(row: KeyRow) {
    this.id = row.id;
    this.name = row.name;
    this.to = row.most;
    this.tokens =
      row.rate === null
        ? undefined
        : new Tokens(JSON.parse(row.rate) as Rate, row.spent_until ?? -Infinity);
    this.isLimited = row.is_limited === 1;
    this.named = row.named;
    this.taken = row.taken;
    this.dead = row.dead;
    this.hasDied = row.has_died === 1;
    this.isAwaited = row.is_awaited === 1;
    this.held = row.held;
    this.lined = row.lined;
    this.watching = row.watching;
    this.parked = row.parked;
    this.nextEnd = row.next_end ?? undefined;
    this.freed = row.freed ?? undefined;
    this.wakeAt = row.wake_at ?? undefined;
  }

  /** The latest declaration counts. @returns whether it may let more pass than the one before. */
  declare({ to, rate }: KeyLimit, now: number): boolean {
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

  /** Whether nobody can have it beside those that do. */
  get isFull(): boolean {
    return this.held >= this.to;
  }

  /** How many wait for it. */
  get waiting(): number {
    return this.lined + this.watching + this.parked;
  }

  /** Whether a job can be handed out that needs a token of it, or a turn. */
  isFree(now: number): boolean {
    return !this.isFull && (this.tokens === undefined || this.tokens.dueAt(now) <= now);
  }

  /**
   * Whether a job may take a turn ahead, and wait for its run in a worker: a quarter of the turns
   * is left, and many, for whoever comes meanwhile.
   */
  get isAmple(): boolean {
    const mostAhead = Math.min(Math.floor((this.to * 3) / 4), this.to - 100);
    return this.tokens === undefined && this.held < mostAhead;
  }

  /** When something may change by itself that somebody waits for. */
  nextChange(now: number): number | undefined {
    const isForTurn = this.parked > 0 || this.isAwaited;
    if (!isForTurn && this.lined === 0 && this.watching === 0) {
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
      this.held === 0 &&
      this.waiting === 0 &&
      !this.isLimited &&
      !this.isAwaited &&
      this.tokens?.isFull(now) !== false
    );
  }
}
