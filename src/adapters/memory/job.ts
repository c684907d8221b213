import type { Entry } from "../adapter.ts";
import type { StoredJob } from "../job-store.ts";
import { appendField } from "../payload.ts";
import type { JobHolds } from "./holds/job-holds.ts";
import type { Membership } from "./membership.ts";
import type { PrereqWait } from "./prereq-wait.ts";
import type { SortedList } from "./sorted-list.ts";

/** One job from the moment it was accepted until it is finished. It is in one list, or it runs. */
export class Job {
  readonly jid: string;
  priority: number;
  queue: string;
  /** The time it was given, or got with a retry. */
  at: number | undefined;
  recoveries = 0;
  /** Its jid makes no second job for a while after its end. */
  isRemembered = false;
  /** Where it waits; `undefined` while it runs. */
  list: SortedList<Job> | undefined = undefined;
  /**
   * Its position in that list: `rank` first, then `order`. Not an integer at first, as most ranks
   * will not be: engines would rebuild every job there is at the first one with a fraction.
   */
  rank: number = NaN;
  order = 0;
  /** Where its key takes turns with others: the key, and its place among those of one round. */
  fair: { readonly key: string; readonly age: number } | undefined = undefined;
  /** The jobs that it waits for while it is blocked by any. */
  prereqWait: PrereqWait | undefined = undefined;
  /** Where it has to hold anything. */
  holds: JobHolds<Job> | undefined = undefined;
  /** Where a batch counts it. */
  member: Membership | undefined = undefined;
  #payload: string;
  #stamp: string | undefined = undefined;

  constructor(entry: Entry) {
    this.jid = entry.jid;
    this.queue = entry.queue;
    this.priority = entry.priority ?? 0;
    this.at = entry.at;
    this.fairKey = entry.fairKey;
    this.#payload = entry.payload;
  }

  get age(): number | undefined {
    return this.fair?.age;
  }

  set fairKey(key: string | undefined) {
    this.fair = key === undefined ? undefined : { key, age: 0 };
  }

  /**
   * Put together anew each time: a job that kept the text would keep it in memory after its end.
   */
  get payload(): string {
    return this.#stamp === undefined
      ? this.#payload
      : appendField(this.#payload, "enqueued_at", this.#stamp);
  }

  set payload(payload: string) {
    this.#payload = payload;
    this.#stamp = undefined;
  }

  /** Marks the moment it enters a queue, as JSON. */
  stamp(enqueuedAt: string): void {
    this.#stamp = enqueuedAt;
  }

  stored(): StoredJob {
    const { jid, queue, payload, at } = this;
    const waitsFor = this.holds?.waitsFor;
    return waitsFor === undefined
      ? { jid, queue, payload, at }
      : { jid, queue, payload, at, waitsFor };
  }
}
