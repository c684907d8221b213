import { inspect } from "node:util";
import type { Adapter } from "../../adapters/adapter.ts";
import type { JobStatus } from "../../adapters/job-store.ts";
import { awaitResult, type ResultOptions } from "./await-result.ts";
import { progressIn, type Progress } from "./progress.ts";

/** Marks those of every copy of this library. */
const brand = Symbol.for("mandate.job");

/** A job of which only the id is known. */
export class JobById<Output = unknown> {
  static {
    Object.defineProperty(this.prototype, brand, { value: true });
  }

  /** The job's id on every store: 24 lowercase hex digits, kept through retries and requeues. */
  readonly id: string;
  /** @internal */
  protected readonly adapter: Adapter;

  /** @internal */
  constructor(id: string, adapter: Adapter) {
    this.id = id;
    this.adapter = adapter;
  }

  /**
   * Cancels the job. While it waits it is deleted, and what waits for it goes on by its
   * `prereqFailure`. While it runs its `this.signal` is aborted within a second, with
   * `JobCancelledError`, and whatever it ends with, it does not run again; `status()` is
   * `"running"` until it has ended.
   *
   * @returns `false` if it is dead, finished, or was never enqueued.
   * @throws {AdapterError} if the store does not answer.
   */
  cancel(): Promise<boolean> {
    return this.adapter.store.cancel(this.id);
  }

  /**
   * Where the job is now. `"cancelled"` is said of it for an hour; `"finished"` also of a job that
   * its store no longer knows; `"unknown"` where there can have been none: no jid is like that,
   * neither here nor in Ruby, and nothing is remembered of it.
   *
   * @throws {AdapterError} if the store does not answer.
   */
  status(): Promise<JobStatus> {
    return this.adapter.status(this.id);
  }

  /**
   * Waits for what the job's `call()` comes to, of a class that keeps its results (`keepResult`).
   * Retries and requeues are waited for, too. The result travels as arguments do: records are
   * looked up where it arrives.
   *
   * @throws {JobFailedError} if the job is dead, or was discarded or cancelled.
   * @throws {ResultUnavailableError} if it is over and there is none: not kept, gone, or too large.
   * @throws {ResultTimeoutError} if it is not over within the timeout, or the store does not
   *   answer.
   * @throws {DeserializationError} if a record that the result refers to is gone.
   */
  result(options?: ResultOptions): Promise<Output> {
    const job = { id: this.id, className: "job" };
    return awaitResult(job, this.adapter, options) as Promise<Output>;
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

  /** The job's id: in templates, and wherever a handle is made text. */
  toString(): string {
    return this.id;
  }

  /** The job's id, which is what `jobById` and `prereqJobs` take. */
  toJSON(): string {
    return this.id;
  }

  /** @internal One line, where it is printed. */
  [inspect.custom](): string {
    return `Job ${this.id}`;
  }
}

/** Whether it is a job, of whichever copy of this library. */
export function isJob(value: unknown): value is JobById {
  return typeof value === "object" && value !== null && brand in value;
}
