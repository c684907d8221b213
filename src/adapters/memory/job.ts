import type { Entry, FetchedJob } from "../adapter.ts";
import type { StoredJob } from "../job-store.ts";
import { appendField } from "../payload.ts";
import type { Hold } from "./dependents.ts";
import type { JobList } from "./job-list.ts";

/** One job from the moment it was accepted until it is finished. It is in one list, or it runs. */
export class Job {
  readonly jid: string;
  readonly priority: number;
  queue: string;
  /** The time it was given, or got with a retry. */
  at: number | undefined;
  recoveries = 0;
  /** Where it waits; `undefined` while it runs. */
  list: JobList | undefined = undefined;
  /** Its place in that list: `rank` first, then `order`. */
  rank = 0;
  order = 0;
  /** What it waits for while it is blocked. */
  hold: Hold | undefined = undefined;
  /** What it was handed out as; only that settles it. */
  receipt: FetchedJob | undefined = undefined;
  startedAt = 0;
  fetchOrder = 0;
  #payload: string;
  #stamp: string | undefined = undefined;

  constructor(entry: Entry) {
    this.jid = entry.jid;
    this.queue = entry.queue;
    this.priority = entry.priority ?? 0;
    this.at = entry.at;
    this.#payload = entry.payload;
  }

  get payload(): string {
    if (this.#stamp !== undefined) {
      this.#payload = appendField(this.#payload, "enqueued_at", this.#stamp);
      this.#stamp = undefined;
    }
    return this.#payload;
  }

  set payload(payload: string) {
    this.#payload = payload;
    this.#stamp = undefined;
  }

  /** Marks the moment it enters a queue, as JSON. The text is put together only when it is read. */
  stamp(enqueuedAt: string): void {
    this.#stamp = enqueuedAt;
  }

  stored(): StoredJob {
    const { jid, queue, payload, at } = this;
    return { jid, queue, payload, at };
  }
}
