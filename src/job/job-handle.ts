import type { Adapter } from "../adapters/adapter.ts";
import type { JobRecord } from "../adapters/job-record.ts";
import { awaitResult, type ResultOptions } from "./await-result.ts";
import { progressIn, type Progress } from "./progress.ts";
import { tagsIn } from "./tags.ts";
import type { JobStatus } from "../adapters/job-store.ts";

/** One job, as whoever deferred it holds it, and as it sees itself while it runs. */
export class JobHandle<Output = unknown> {
  /** The job's id on every store: 24 lowercase hex digits, kept through retries and requeues. */
  readonly id: string;
  /** The command's name, or the name of a `Job` class. */
  readonly className: string;
  /** When it is due; `undefined` if at once. */
  readonly scheduledAt: Date | undefined;
  /** The job as it is on the wire. */
  readonly record: JobRecord;
  #arguments: readonly unknown[];
  /** @internal */
  protected readonly adapter: Adapter;

  constructor(options: {
    readonly record: JobRecord;
    readonly className: string;
    readonly arguments: readonly unknown[];
    readonly scheduledAt?: Date | undefined;
    readonly adapter: Adapter;
  }) {
    this.id = options.record.jid;
    this.record = options.record;
    this.className = options.className;
    this.#arguments = options.arguments;
    this.scheduledAt = options.scheduledAt;
    this.adapter = options.adapter;
  }

  /** The arguments as they were given or, in a running job, as they were found. */
  get arguments(): readonly unknown[] {
    return this.#arguments;
  }

  /** The queue it is on, or will be. */
  get queueName(): string {
    return this.record.queue;
  }

  /** The smaller goes first; 0 unless given. */
  get priority(): number {
    return this.record.priority ?? 0;
  }

  /** Words that operators see and search by. */
  get tags(): readonly string[] {
    return tagsIn(this.record);
  }

  /** How many runs of this job have failed so far. */
  get executions(): number {
    return this.record.executions ?? 0;
  }

  /**
   * A running job's arguments have been found.
   *
   * @internal
   */
  locate(args: readonly unknown[]): void {
    this.#arguments = args;
  }

  /**
   * Cancels the job. While it waits it is deleted, and what waits for it is released. While it runs its
   * `this.signal` is aborted within a second, with `JobCancelledError`, and whatever it ends with, it does
   * not run again; `status()` is `"running"` until it has ended.
   *
   * @returns `false` if it is dead, finished, or was never enqueued.
   * @throws {AdapterError} if the store does not answer.
   */
  cancel(): Promise<boolean> {
    return this.adapter.store.cancel(this.id, this.queueName);
  }

  /**
   * Where the job is now. `"finished"` is also said of a job that its store no longer knows.
   *
   * @throws {AdapterError} if the store does not answer.
   */
  status(): Promise<JobStatus> {
    return this.adapter.status(this.id);
  }

  /**
   * Waits for what the job's `call()` comes to, of a class that keeps its results (`keepResult`). Retries and requeues are
   * waited for, too. The result travels as arguments do: records are looked up where it arrives.
   *
   * @throws {JobFailedError} if the job is dead, or was discarded.
   * @throws {ResultUnavailableError} if it is over and there is none: not kept, gone, or too large.
   * @throws {ResultTimeoutError} if it is not over within the timeout, or the store does not answer.
   * @throws {DeserializationError} if a record that the result refers to is gone.
   */
  result(options?: ResultOptions): Promise<Output> {
    return awaitResult(this, this.adapter, options) as Promise<Output>;
  }

  /**
   * How far the job said last that it is. Kept for an hour after that, also when it is over.
   *
   * @returns `undefined` where it has said nothing.
   * @throws {AdapterError} if the store does not answer.
   */
  async progress(): Promise<Progress | undefined> {
    return progressIn((await this.adapter.notes.readProgress([this.id]))[0]);
  }
}
