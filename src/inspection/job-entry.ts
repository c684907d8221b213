import type { Adapter } from "../adapters/adapter.ts";
import { readTimestamp, type JobRecord } from "../adapters/job-record.ts";
import type { Place, StoredJob } from "../adapters/job-store.ts";
import { editPayload } from "../adapters/payload.ts";
import { displayName, mandateJob } from "../job/target.ts";

/** One waiting job, as operators see it: what stood in the store when it was read. */
export class JobEntry {
  /** Its jid; `undefined` where its payload has none. */
  readonly id: string | undefined;
  /** The queue it is on, or will go to. */
  readonly queueName: string;
  /** Scheduled or in retry: when it is due. Dead: when it died. */
  readonly at: Date | undefined;
  /** The record's text, byte for byte. */
  readonly payload: string;
  readonly #adapter: Adapter;
  readonly #place: Place;
  readonly #stored: StoredJob;
  #record: JobRecord | undefined | null = null;

  /** @internal */
  constructor(adapter: Adapter, place: Place, stored: StoredJob) {
    this.#adapter = adapter;
    this.#place = place;
    this.#stored = stored;
    this.id = stored.jid;
    this.queueName = stored.queue;
    this.at = stored.at === undefined ? undefined : new Date(stored.at * 1000);
    this.payload = stored.payload;
  }

  /** The payload read as a record; `undefined` where it is none. */
  get record(): JobRecord | undefined {
    return this.#record === null ? (this.#record = readRecord(this.payload)) : this.#record;
  }

  /** The command's name, or that of a `Job` class; "" where the payload cannot be read. */
  get className(): string {
    return this.record === undefined ? "" : displayName(this.record);
  }

  /** The arguments as they are on the wire, global ids as text. */
  get arguments(): readonly unknown[] {
    const { record } = this;
    return record?.class === mandateJob ? record.args.slice(1) : (record?.args ?? []);
  }

  /** The name of the last failure's error. */
  get errorClass(): string | undefined {
    return this.record?.error_class;
  }

  /** Its message. */
  get errorMessage(): string | undefined {
    return this.record?.error_message;
  }

  /** Retries so far: 0 after the first failure. */
  get retryCount(): number | undefined {
    return this.record?.retry_count;
  }

  /** When it failed first. */
  get failedAt(): Date | undefined {
    return dateOf(this.record?.failed_at);
  }

  /** When it was deferred. */
  get createdAt(): Date | undefined {
    return dateOf(this.record?.created_at);
  }

  /** When it last entered a queue. */
  get enqueuedAt(): Date | undefined {
    return dateOf(this.record?.enqueued_at);
  }

  /**
   * Puts it on its queue now. One retry is given back, so that a person's attempt costs none.
   *
   * @returns `false` if it has left its place.
   * @see Sidekiq 8.1 `api.rb`, which does the same
   */
  retry(): Promise<boolean> {
    const { retryCount } = this;
    const payload =
      typeof retryCount === "number"
        ? editPayload(this.payload, { retry_count: retryCount - 1 })
        : this.payload;
    return this.#adapter.store.move(this.#place, this.#stored, "queue", payload);
  }

  /** Moves it to the dead set. @returns `false` if it has left its place. */
  kill(): Promise<boolean> {
    return this.#adapter.store.move(this.#place, this.#stored, "dead", this.payload);
  }

  /** Deletes it; what waited for it is released. @returns `false` if it has left its place. */
  delete(): Promise<boolean> {
    return this.#adapter.store.delete(this.#place, this.#stored);
  }
}

function readRecord(payload: string): JobRecord | undefined {
  try {
    const record = JSON.parse(payload) as JobRecord | null;
    return typeof record?.class === "string" && Array.isArray(record.args) ? record : undefined;
  } catch {
    return undefined;
  }
}

function dateOf(value: unknown): Date | undefined {
  const seconds = readTimestamp(value);
  return seconds === undefined ? undefined : new Date(seconds * 1000);
}
