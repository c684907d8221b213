import type { Hold, Rate } from "./hold.ts";

/**
 * Keys and who holds them, for code that runs, and for operators. Jobs take theirs by
 * `Entry.holds`.
 */
export interface Holds {
  /**
   * Takes a key, or tokens of it, if it is free now and no job waits for it in line; otherwise says
   * when to ask again. Taken again by the same holder it is the same hold, from now on.
   *
   * @param holder Who: of all that take the key, unlike any other. Code in a job: its jid and a
   *   nonce.
   */
  take(key: string, holder: string, options: TakeOptions): Promise<Taken>;
  /**
   * Lets go of a key.
   *
   * @param tokens So many tokens instead, that were not needed; below 0, so many that were needed
   *   besides: they are spent, though there be none.
   * @returns `false` if it was not held any more.
   */
  giveBack(key: string, holder: string, tokens?: number): Promise<boolean>;
  /**
   * How often a key may be held, or its rate, from now on, until the next declaration. What waits
   * already obeys. `{ to: Infinity }` ends that: of a key that nobody holds or names nothing is
   * kept then.
   */
  limit(key: string, limit: KeyLimit): Promise<void>;
  /**
   * What is known of these keys, in this order; `undefined` of what nobody holds, waits for, or has
   * limited.
   */
  read(keys: readonly string[]): Promise<readonly (KeyState | undefined)[]>;
  /**
   * A page of keys that are held, waited for, or limited. In no order; those that stay are seen.
   */
  keys(prefix: string, cursor: string | undefined, limit: number): Promise<KeyPage>;
  /** A page of who holds a key, those that took it first in front. */
  holders(key: string, cursor: string | undefined, limit: number): Promise<HolderPage>;
  /**
   * For operators: whoever this is lets go of the key, and does not take it again by itself.
   *
   * @param holder A job's jid, or whoever took it by `take`.
   * @returns `false` if it did not hold it.
   */
  release(key: string, holder: string): Promise<boolean>;
  /**
   * What keeps a job from going on: the key that it waits for in line, or, of a dead one, those
   * that it would take to come back and that are full. None if there is no such job.
   */
  inTheWay(jid: string): Promise<readonly Obstacle[]>;
  /**
   * What these jobs have to hold, as their entries said, in this order; `undefined` of one that has
   * to hold nothing, or is over.
   */
  wanted(jids: readonly string[]): Promise<readonly (readonly Hold[] | undefined)[]>;
}

/** How often a key may be held, and for how long. */
export interface TakeOptions extends KeyLimit {
  /** It lets go after so long by itself: whoever took it may have died. */
  readonly seconds: number;
  /** The jid of the job whose code this is: it lets go when that run has ended, however, too. */
  readonly run?: string;
  /** With a `rate`: how many are spent at once, at most its burst. @default 1 */
  readonly tokens?: number;
}

/** A key is held, or gives out tokens, or, of a queue, both: one of the two is given. @public */
export interface KeyLimit {
  /** @default 1, or, beside a rate, any number */
  readonly to?: number;
  /** How many tokens it gives out, and how fast. */
  readonly rate?: Rate;
}

/** Whether a key was taken. */
export interface Taken {
  /** Whether it was. */
  readonly taken: boolean;
  /**
   * Where it is not: when it may be free, epoch seconds, as far as that is known: when a token is
   * due, or a holder's time is over.
   */
  readonly retryAt?: number | undefined;
}

/** What is known of a key. */
export interface KeyState extends KeyLimit {
  /** As jobs name it. */
  readonly key: string;
  /** How many hold it. */
  readonly held: number;
  /** How many wait for it in line. */
  readonly waiting: number;
  /** How often it was taken since it was last empty and waited for by nobody. */
  readonly taken: number;
  /** How many of those that hold it are dead, or were when they were deleted. */
  readonly dead: number;
  /** With a `rate`: how many tokens it has now; below 0 where more were spent. */
  readonly left?: number;
}

/** Some keys, and where the others are. */
export interface KeyPage {
  /** In no order. */
  readonly keys: readonly KeyState[];
  /** Where the next page starts; `undefined` after the last. */
  readonly cursor: string | undefined;
}

/** Who holds a key. */
export interface Holder {
  /** The jid, or whoever took it by `take`. */
  readonly holder: string;
  /** When it was taken, epoch seconds. */
  readonly since: number;
  /** When it ends by time, if it does. */
  readonly until: number | undefined;
}

/** Some of those that hold a key. */
export interface HolderPage {
  /** Those that took it first in front. */
  readonly holders: readonly Holder[];
  /** Where the next page starts; `undefined` after the last. */
  readonly cursor: string | undefined;
}

/** A key that a job cannot have. @public */
export interface Obstacle {
  /** As the job names it. */
  readonly key: string;
  /**
   * Who holds it longest; `undefined` where nobody does and its limit, or its line, is the reason.
   */
  readonly holder: string | undefined;
}
