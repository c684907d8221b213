import type { PrereqFailure } from "../../../src/adapters/adapter.ts";
import type { JobStatus } from "../../../src/adapters/job-store.ts";
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
  hold:
    { readonly open: Set<string>; readonly failure: PrereqFailure; doomed: boolean } | undefined;
}

/** What a store of jobs does, in the shortest words: a list for each place, searched from end to end. */
export class Model {
  /** Those that are not finished, and the dead. */
  readonly jobs = new Map<string, ModelJob>();
  readonly queues = new Map<Queue, ModelJob[]>();
  /** Blocked jobs that wait for nothing but to be handed on. */
  readonly free: ModelJob[] = [];
  readonly paused = new Set<Queue>();
  readonly counters = { processed: 0, failed: 0 };
  /** In the order in which they became so. */
  readonly #blocked: ModelJob[] = [];
  readonly #priorities: boolean;

  constructor({ priorities }: { readonly priorities: boolean }) {
    this.#priorities = priorities;
  }

  status(name: string): JobStatus {
    return this.jobs.get(name)?.status ?? "finished";
  }

  isUnfinished(name: string): boolean {
    return !["finished", "dead"].includes(this.status(name));
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
    const open = new Set(prereqs.filter((name) => this.isUnfinished(name)));
    if (open.size === 0) {
      this.place(job, now);
      return;
    }
    job.status = "blocked";
    job.hold = { open, failure, doomed: false };
    this.#blocked.push(job);
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

  finish(job: ModelJob): void {
    this.jobs.delete(job.name);
    this.#tellDependents(job.name, false);
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

  /** Hands on all that is free, and what becomes free by that. @returns how many. */
  release(now: number): number {
    let count = 0;
    for (let job = this.free[0]; job !== undefined; job = this.free[0]) {
      const doomed = job.hold?.doomed === true;
      this.takeOut(job);
      if (doomed) {
        this.bury(job);
      } else {
        this.place(job, now);
      }
      count += 1;
    }
    return count;
  }

  #tellDependents(name: string, died: boolean): void {
    for (const job of this.#blocked) {
      if (job.hold?.open.delete(name) === true && !this.free.includes(job)) {
        job.hold.doomed ||= died && job.hold.failure === "bury";
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
