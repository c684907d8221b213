import { inspect } from "node:util";
import type { Adapter } from "../../adapters/adapter.ts";
import { shownKey } from "../../adapters/hold.ts";
import type { Move, Place, StoredJob } from "../../adapters/job-store.ts";
import { dateAt, readTimestamp, timestamp } from "../../adapters/job-record.ts";
import { editPayload } from "../../adapters/payload.ts";
import { presentable, withWhereabouts } from "../../adapters/presentable.ts";
import { clock } from "../../support/clock.ts";
import { RecordView } from "./record-view.ts";
import { entryLine } from "./shown.ts";

/** One waiting job, as operators see it: what stood in the store when it was read. */
export class JobEntry extends RecordView {
  /** The job's id; `undefined` where its payload has none. */
  readonly id: string | undefined;
  /** The queue it is on, or will go to. */
  readonly queueName: string;
  /**
   * Scheduled or in retry: when it is due. Dead: when it died. Finished: when it ended. Blocked:
   * the time it was given, if any.
   */
  readonly at: Date | undefined;
  readonly #adapter: Adapter;
  readonly #place: Place;
  readonly #stored: StoredJob;

  /** @internal */
  constructor(adapter: Adapter, place: Place, stored: StoredJob) {
    super(stored.payload, stored.record);
    this.#adapter = adapter;
    this.#place = place;
    this.#stored = stored;
    this.id = stored.jid;
    this.queueName = stored.queue;
    this.at = dateAt(stored.at);
  }

  /** @internal */
  [inspect.custom](): string {
    return entryLine(this);
  }

  /**
   * The limit that a job is over, or the key that it waits for in line: `"limit stripe:42"`.
   * `undefined` of others, those that wait for other jobs included.
   */
  get blockedBy(): string | undefined {
    const { waitsFor } = this.#stored;
    return waitsFor === undefined ? undefined : shownKey(waitsFor);
  }

  /**
   * Finished: how it ended. "discarded" failed, and its class did not want it again; "cancelled"
   * was running, "expired" was not run, because its time was over. Else `undefined`.
   */
  get outcome(): "done" | "discarded" | "cancelled" | "expired" | undefined {
    const outcome: unknown = this.record?.["outcome"];
    return this.#isFinished &&
      (outcome === "done" ||
        outcome === "discarded" ||
        outcome === "cancelled" ||
        outcome === "expired")
      ? outcome
      : undefined;
  }

  /** Finished: when its last run began. Else `undefined`. */
  get startedAt(): Date | undefined {
    return this.#isFinished ? dateAt(readTimestamp(this.record?.["started_at"])) : undefined;
  }

  /**
   * Finished: how many seconds that run took, by two clocks: its worker's and the store's. Else
   * `undefined`.
   */
  get duration(): number | undefined {
    const { startedAt, at } = this;
    return startedAt === undefined || at === undefined
      ? undefined
      : Math.max(0, (at.getTime() - startedAt.getTime()) / 1000);
  }

  get #isFinished(): boolean {
    return "set" in this.#place && this.#place.set === "finished";
  }

  /**
   * Puts it on its queue now. A job that failed gets one retry back, so that a person's attempt
   * costs none.
   *
   * @returns `false` if it has left its place.
   * @see Sidekiq 8.1 `lib/sidekiq/api.rb`, `SortedEntry#retry`
   */
  retry(): Promise<boolean> {
    const { job, payload } = this.toRun();
    return this.#adapter.store.move(this.#place, job, "queue", payload);
  }

  /** Moves it to the dead set, as it is. @returns `false` if it has left its place. */
  kill(): Promise<boolean> {
    const { job, payload } = this.toBury();
    return this.#adapter.store.move(this.#place, job, "dead", payload);
  }

  /**
   * Deletes it; what waited for it goes on by its `prereqFailure`. @returns `false` if it has left
   * its place.
   */
  delete(): Promise<boolean> {
    return this.#adapter.store.delete(this.#place, this.#stored);
  }

  /** @internal It is one of its queue, and waits for a turn or a token. */
  get isOverLimit(): boolean {
    return "queue" in this.#place && this.blockedBy !== undefined;
  }

  /** @internal As `delete`, and remembered as cancelled. */
  async cancel(): Promise<boolean> {
    const { store } = this.#adapter;
    return (await store.deleteAll(this.#place, [this.#stored], "cancelled")) === 1;
  }

  /** @internal */
  get stored(): StoredJob {
    return this.#stored;
  }

  /**
   * How it goes to its queue.
   *
   * @internal
   */
  toRun(): Move {
    return { job: this.#stored, payload: this.#payloadToRun() };
  }

  /**
   * How it goes to the dead set.
   *
   * @internal
   */
  toBury(): Move {
    const payload = withWhereabouts(this.#presentable(), { jid: this.id, queue: this.queueName });
    return { job: this.#stored, payload };
  }

  /** As Sidekiq's pages can show it. */
  #presentable(): string {
    const stamp = timestamp(clock.now(), this.#adapter.timestamps);
    const whereabouts = { jid: this.id, queue: this.queueName, stamp };
    return presentable(this.payload, whereabouts, this.record);
  }

  #payloadToRun(): string {
    const set = "set" in this.#place ? this.#place.set : undefined;
    const failed = set === "retry" || set === "dead";
    return editPayload(this.#presentable(), {
      enqueued_at: undefined,
      ...(set === "finished" ? anew : {}),
      ...(failed && this.retryCount !== undefined ? { retry_count: this.retryCount - 1 } : {}),
    });
  }
}

/** A job that is over begins again from the start. */
const anew = {
  outcome: undefined,
  expires_in: undefined,
  expiry: undefined,
  started_at: undefined,
  retry_count: undefined,
  failed_at: undefined,
  retried_at: undefined,
  error_class: undefined,
  error_message: undefined,
  error_backtrace: undefined,
  executions: undefined,
  exception_executions: undefined,
  steps: undefined,
  resumptions: undefined,
};
