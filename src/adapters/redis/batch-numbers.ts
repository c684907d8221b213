import { randomBytes } from "node:crypto";
import { clock } from "../../support/clock.ts";

/** How many numbers are in one set: Redis looks through so many integers faster than it hashes one. */
const NUMBERS_PER_SET = 256;
/** Seconds after which another set is begun: Redis keeps one for ten minutes, and nothing is tried for longer than five. */
const LONGEST_SET = 240;

/** What `is_repeated` in shared.lua takes. */
type BatchNumber = readonly [set: string, number: number, keep: 0 | 1, over: string];

/** A batch from its first sending to its end. */
export interface NumberedBatch {
  /** The same in each sending, but for what is asked of the set. */
  toArgs(): BatchNumber;
  /** To be called once nothing will be sent again. */
  end(wasAnswered: boolean): void;
}

/**
 * Numbers what is enqueued, so that Redis knows what it took when a batch is sent again. It remembers them in small sets, and
 * each is removed when no number in it will be sent again, or ten minutes after nobody could say so.
 */
export class BatchNumbers {
  readonly #sender = randomBytes(8).toString("hex");
  #number = 0;
  #set = new NumberSet(0);
  /** Those that may be removed. */
  readonly #over: NumberSet[] = [];

  next(): NumberedBatch {
    if (
      this.#set.count === NUMBERS_PER_SET ||
      clock.monotonic() - this.#set.beganAt > LONGEST_SET
    ) {
      this.#close(this.#set);
      this.#set = new NumberSet(this.#set.index + 1);
    }
    const set = this.#set;
    const number = (this.#number += 1);
    set.count += 1;
    set.pending += 1;
    const removed = this.#over.shift();
    return {
      toArgs: () => [
        this.#name(set),
        number,
        set.isKept ? 0 : 1,
        removed === undefined ? "" : this.#name(removed),
      ],
      end: (wasAnswered) => {
        set.isKept ||= wasAnswered;
        // A copy may still be on its way: the set is left to end by itself.
        set.isDoubtful ||= !wasAnswered;
        set.pending -= 1;
        if (set.isClosed) {
          this.#close(set);
        }
        if (removed !== undefined && !wasAnswered) {
          this.#over.push(removed);
        }
      },
    };
  }

  #close(set: NumberSet): void {
    set.isClosed = true;
    if (set.pending === 0 && !set.isDoubtful) {
      this.#over.push(set);
    }
  }

  #name({ index }: NumberSet): string {
    return `${this.#sender}:${index}`;
  }
}

class NumberSet {
  readonly index: number;
  readonly beganAt = clock.monotonic();
  count = 0;
  /** How many of its numbers may be sent again. */
  pending = 0;
  /** Redis was told, and said that it heard, to keep it for a while. */
  isKept = false;
  isDoubtful = false;
  isClosed = false;

  constructor(index: number) {
    this.index = index;
  }
}
