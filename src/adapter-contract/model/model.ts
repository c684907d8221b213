import type { PrereqFailure } from "../../adapters/adapter.ts";
import type { Unsuccessful } from "../../adapters/ends.ts";
import type { JobStatus } from "../../adapters/job-store.ts";
import type { Queue } from "./operations.ts";

/** What the model knows of one job. Times are the store's. */
export interface ModelJob {
  readonly name: string;
  readonly priority: number;
  queue: Queue;
  /** How often an outcome rewrote its payload. */
  run: number;
  status: JobStatus;
  at: number | undefined;
  recoveries: number;
  /** While it ran: whatever its run ends with, it is finished. */
  cancelled: boolean;
  /** The jid makes no second job after the job's end. */
  remembered: boolean;
  hold:
    { readonly open: Set<string>; readonly failure: PrereqFailure; doomed: boolean } | undefined;
}

/**
 * What a store of jobs does, in the shortest words: a list for each place, searched from end to
 * end.
 */
export class Model {
  /** Jobs that are not finished, and the dead. */
  readonly jobs: Map<string, ModelJob> = new Map();
  readonly queues: Map<Queue, ModelJob[]> = new Map();
  /** Blocked jobs that wait for nothing but to be handed on. */
  readonly free: ModelJob[] = [];
  readonly paused: Set<Queue> = new Set();
  readonly counters: { processed: number; failed: number } = { processed: 0, failed: 0 };
  /** How jobs ended that are over without success. */
  readonly ends: Map<string, Unsuccessful> = new Map();
  /** Names that make no second job: no game lasts for ten minutes. */
  readonly over: Set<string> = new Set();
  /** In the order in which they became so. */
  readonly #blocked: ModelJob[] = [];
  readonly #priorities: boolean;

  constructor({ priorities }: { readonly priorities: boolean }) {
    this.#priorities = priorities;
  }

  status(name: string): JobStatus {
    const gone = this.ends.get(name) === "cancelled" ? "cancelled" : "finished";
    return this.jobs.get(name)?.status ?? gone;
  }

  isUnfinished(name: string): boolean {
    return !["finished", "cancelled", "dead"].includes(this.status(name));
  }

  inSet(status: JobStatus): ModelJob[] {
    const jobs = [...this.jobs.values()].filter((job) => job.status === status);
    return jobs.sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
  }

  /** A queue's jobs in the order of fetching. */
  waiting(queue: Queue): ModelJob[] {
    const jobs = this.queues.get(queue) ?? [];
    return this.#priorities ? jobs.toSorted((one, other) => one.priority - other.priority) : jobs;
  }

  add(job: ModelJob): void {
    this.jobs.set(job.name, job);
  }

  place(job: ModelJob, now: number): void {
    if (job.at !== undefined && job.at > now) {
      job.status = "scheduled";
    } else {
      this.enqueue(job);
    }
  }

  enqueue(job: ModelJob): void {
    job.status = "enqueued";
    job.at = undefined;
    this.queues.set(job.queue, [...(this.queues.get(job.queue) ?? []), job]);
  }

  putBack(job: ModelJob): void {
    job.status = "enqueued";
    this.queues.set(job.queue, [job, ...(this.queues.get(job.queue) ?? [])]);
  }

  block(
    job: ModelJob,
    prereqs: readonly string[],
    { failure, now }: { failure: PrereqFailure; now: number },
  ): void {
    if (failure !== "release" && prereqs.some((name) => this.#hasFailed(name))) {
      job.status = "blocked";
      job.hold = { open: new Set(), failure, doomed: true };
      this.#blocked.push(job);
      this.free.push(job);
      return;
    }
    const open = new Set(prereqs.filter((name) => this.isUnfinished(name)));
    if (open.size === 0) {
      this.place(job, now);
      return;
    }
    job.status = "blocked";
    job.hold = { open, failure, doomed: false };
    this.#blocked.push(job);
  }

  #hasFailed(name: string): boolean {
    return this.status(name) === "dead" || (this.ends.has(name) && !this.jobs.has(name));
  }

  /**
   * As `block`, of a job that comes in: what has failed already is dealt with at once.
   *
   * @returns whether it is cancelled.
   */
  admit(
    job: ModelJob,
    prereqs: readonly string[],
    options: { failure: PrereqFailure; now: number },
  ): boolean {
    this.block(job, prereqs, options);
    return job.hold?.doomed === true && this.#end(job);
  }

  /** @returns whether the job is cancelled: else it is buried. */
  #end(job: ModelJob): boolean {
    const isCancelled = job.hold?.failure === "cancel";
    this.takeOut(job);
    if (isCancelled) {
      this.finish(job, "cancelled");
    } else {
      this.bury(job);
    }
    return isCancelled;
  }

  fetch(queues: readonly Queue[], limit: number): ModelJob[] {
    const fetched: ModelJob[] = [];
    for (const queue of queues.filter((name) => !this.paused.has(name))) {
      for (const job of this.waiting(queue).slice(0, limit - fetched.length)) {
        this.takeOut(job);
        job.status = "running";
        fetched.push(job);
      }
    }
    return fetched;
  }

  takeOut(job: ModelJob): void {
    this.queues.set(
      job.queue,
      (this.queues.get(job.queue) ?? []).filter((other) => other !== job),
    );
    remove(this.#blocked, job);
    remove(this.free, job);
    job.hold = undefined;
  }

  finish(job: ModelJob, ended?: Unsuccessful): void {
    this.jobs.delete(job.name);
    if (job.remembered && ended !== "cancelled" && ended !== "deleted") {
      this.over.add(job.name);
    }
    if (ended !== undefined) {
      this.ends.set(job.name, ended);
    }
    this.#tellDependents(job.name, ended !== undefined);
  }

  bury(job: ModelJob): void {
    job.status = "dead";
    job.recoveries = 0;
    this.#tellDependents(job.name, true);
  }

  /** @returns the jobs that are due, in order, at most so many. */
  promote(limit: number, now: number): ModelJob[] {
    const due = this.timed()
      .filter(({ at }) => (at ?? 0) <= now)
      .slice(0, limit);
    for (const job of due) {
      this.enqueue(job);
    }
    return due;
  }

  /** What waits for a time. */
  timed(): ModelJob[] {
    const jobs = [...this.inSet("scheduled"), ...this.inSet("retrying")];
    return jobs.sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
  }

  /**
   * Hands on all that is free, and what becomes free by that.
   *
   * @returns how many, and names of those that are cancelled.
   */
  release(now: number): { readonly count: number; readonly cancelled: readonly string[] } {
    let count = 0;
    const cancelled: string[] = [];
    for (let job = this.free[0]; job !== undefined; job = this.free[0]) {
      if (job.hold?.doomed !== true) {
        this.takeOut(job);
        this.place(job, now);
      } else if (this.#end(job)) {
        cancelled.push(job.name);
      }
      count += 1;
    }
    return { count, cancelled };
  }

  #tellDependents(name: string, failed: boolean): void {
    for (const job of this.#blocked) {
      if (job.hold?.open.delete(name) === true && !this.free.includes(job)) {
        job.hold.doomed ||= failed && job.hold.failure !== "release";
        if (job.hold.doomed || job.hold.open.size === 0) {
          this.free.push(job);
        }
      }
    }
  }
}

function remove(jobs: ModelJob[], job: ModelJob): void {
  const index = jobs.indexOf(job);
  if (index >= 0) {
    jobs.splice(index, 1);
  }
}
