import { randomBytes } from "node:crypto";
import { clock } from "../support/clock.ts";

/**
 * How many numbers are in one set: Redis looks through so many integers faster than it hashes one,
 * and Postgres removes a set in one step.
 */
const NUMBERS_PER_SET = 256;
/**
 * Seconds after which another set is begun: stores keep one for twenty minutes, and nothing is
 * tried for longer than five.
 */
const LONGEST_SET = 240;

/** What a store is told: `is_repeated` in Redis' shared/deliveries.lua, `deliver` in Postgres. */
export type DeliveryNumber = readonly [set: string, number: number, keep: 0 | 1, over: string];

/**
 * Numbers what is enqueued, so that a store knows what it took when a batch is sent again. It
 * remembers them in small sets, and each is removed when no number in it will be sent again, or
 * twenty minutes after nobody could say so.
 */
export class DeliveryNumbers {
  readonly #sender = randomBytes(8).toString("hex");
  #number = 0;
  #sets = 0;
  #set = this.#nextSet();
  /** Those that may be removed. */
  readonly #over: NumberSet[] = [];

  next(): NumberedDelivery {
    if (
      this.#set.count === NUMBERS_PER_SET ||
      clock.monotonic() - this.#set.beganAt > LONGEST_SET
    ) {
      this.#close(this.#set);
      this.#set = this.#nextSet();
    }
    const set = this.#set;
    const number = (this.#number += 1);
    set.count += 1;
    set.pending += 1;
    return new NumberedDelivery({ number, set, removed: this.#over.shift(), over: this.#over });
  }

  #nextSet(): NumberSet {
    this.#sets += 1;
    return new NumberSet(`${this.#sender}:${this.#sets}`);
  }

  #close(set: NumberSet): void {
    set.isClosed = true;
    if (set.isOver) {
      this.#over.push(set);
    }
  }
}

/** A batch from its first sending to its end. */
export class NumberedDelivery {
  readonly #parts: NumberedDeliveryParts;

  constructor(parts: NumberedDeliveryParts) {
    this.#parts = parts;
  }

  /** The same in each sending, but for what is asked of the set. */
  toArgs(): DeliveryNumber {
    const { number, set, removed } = this.#parts;
    return [set.name, number, set.isKept ? 0 : 1, removed?.name ?? ""];
  }

  /** Where the store remembers whether it was accepted. */
  get place(): readonly [set: string, number: number] {
    return [this.#parts.set.name, this.#parts.number];
  }

  /** To be called once nothing will be sent again. */
  end(wasAnswered: boolean): void {
    const { set, removed, over } = this.#parts;
    set.isKept ||= wasAnswered;
    // A copy may still be on its way: the set is left to end by itself.
    set.isDoubtful ||= !wasAnswered;
    set.pending -= 1;
    if (set.isOver) {
      over.push(set);
    }
    if (removed !== undefined && !wasAnswered) {
      over.push(removed);
    }
  }
}

interface NumberedDeliveryParts {
  readonly number: number;
  readonly set: NumberSet;
  /** The set that the store is told to remove. */
  readonly removed: NumberSet | undefined;
  /** Sets that may be removed. */
  readonly over: NumberSet[];
}

class NumberSet {
  readonly name: string;
  readonly beganAt: number = clock.monotonic();
  count = 0;
  /** How many of its numbers may be sent again. */
  pending = 0;
  /** The store was told, and said that it heard, to keep it for a while. */
  isKept = false;
  isDoubtful = false;
  isClosed = false;

  constructor(name: string) {
    this.name = name;
  }

  /** No number of it will be sent again, and the store may forget it. */
  get isOver(): boolean {
    return this.isClosed && this.pending === 0 && !this.isDoubtful;
  }
}
