import type { Entry, PrereqFailure } from "../adapter.ts";
import { buriedWithPrereq, type FailedPrereq } from "../bury.ts";
import type { Unsuccessful } from "../ends.ts";
import type { JobStatus } from "../job-store.ts";
import type { Announcer } from "./announcer.ts";
import { Dependents } from "./dependents.ts";
import { HeldKeys } from "./holds/held-keys.ts";
import type { Prereqs } from "./holds/job-holds.ts";
import { Keeping } from "./holds/keeping.ts";
import type { Job } from "./job.ts";
import type { JobList } from "./job-queue.ts";
import { MemoryBatches } from "./memory-batches.ts";
import { KnownJobs } from "./known-jobs.ts";
import type { Leftovers } from "./leftovers.ts";
import type { MemorySettings } from "./memory-settings.ts";
import { Places } from "./places.ts";
import type { StateParts } from "./state-parts.ts";

/** All jobs that are known, and every way from one place to another. */
export class Jobs extends Places {
  /** Jids of those that run, and are finished however their run ends. */
  readonly cancelled: Set<string> = new Set();
  readonly known: KnownJobs;
  readonly keys: HeldKeys<Job>;
  readonly keeping: Keeping<Job>;
  readonly dependents: Dependents = new Dependents();
  readonly batches: MemoryBatches;
  readonly #announcer: Announcer;
  readonly #leftovers: Leftovers;
  readonly #now: () => number;
  readonly #settings: MemorySettings;

  constructor(announcer: Announcer, { leftovers, now, settings }: StateParts) {
    super();
    this.#announcer = announcer;
    this.#leftovers = leftovers;
    this.#now = now;
    this.#settings = settings;
    this.known = new KnownJobs(now);
    this.keys = new HeldKeys(announcer);
    this.keeping = new Keeping(this.keys);
    this.batches = new MemoryBatches({
      now,
      free: (prereq, ended) => this.#free(prereq, ended),
      announcer,
      cancelled: this.cancelled,
    });
  }

  status(jid: string): JobStatus {
    const job = this.known.find(jid);
    if (job === undefined) {
      return this.known.endOf(jid) === "cancelled" ? "cancelled" : "finished";
    }
    return this.statusAt(job);
  }

  get releasable(): boolean {
    return this.dependents.hasFree || this.keys.freed.size > 0 || this.batches.course.hasNews;
  }

  /** @returns the job of an entry, to be placed; `undefined` if that makes none. */
  accept(entry: Entry, now: number): Job | undefined {
    const job = this.known.admit(entry, now);
    if (job !== undefined) {
      this.#leftovers.added();
    }
    return job;
  }

  /** A job that comes in: what is known to have failed is dealt with at once. */
  place(job: Job, { prereqs, prereqFailure }: Prereqs, now: number): void {
    if (prereqs === undefined) {
      this.startWaiting(job, now);
      return;
    }
    this.block(job, { prereqs, failure: prereqFailure ?? "release", now });
    if (job.prereqWait?.failedPrereq !== undefined) {
      this.#end(job, job.prereqWait.failedPrereq, now);
    }
  }

  /** Blocked until it is taken out. */
  holdBack(job: Job): void {
    this.addLast(job, this.sets.blocked, 0);
  }

  /** To the schedule if the job's time has not come, else to the end of its queue. */
  startWaiting(job: Job, now: number): void {
    if (job.at !== undefined && job.at > now) {
      this.#wait(job, this.sets.scheduled, job.at);
    } else {
      this.enqueue(job, now);
    }
  }

  enqueue(job: Job, now: number): void {
    job.member?.waits();
    job.at = undefined;
    job.stamp(this.#settings.enqueuedAt(now));
    this.addToQueue(job);
    this.#announcer.work();
  }

  /** Of a queue, and anew: to be fetched where it stands. */
  keepPlace(job: Job, now: number): void {
    const queue = this.queue(job.queue);
    if (!queue.has(job, false)) {
      // What takes it out may end the line of jobs with keys.
      this.takeOut(job);
      job.list = (job.fair && queue.fair?.jobs) ?? queue.list;
      job.list.add(job);
    }
    job.at = undefined;
    job.stamp(this.#settings.enqueuedAt(now));
    this.#announcer.work();
  }

  /** Back to the head of its queue, unchanged. @param isLost Its worker died. */
  putBack(job: Job, isLost = false): void {
    if (this.isCancelled(job)) {
      this.finish(job, "cancelled");
      return;
    }
    if (job.holds !== undefined) {
      this.keeping.cameBack(job.holds, isLost, this.#now());
    }
    this.addFirst(job);
    this.#announcer.work();
  }

  retry(job: Job, at: number): void {
    job.member?.failed(job.payload);
    job.at = at;
    this.#wait(job, this.sets.retry, at);
  }

  /**
   * Blocked as long as one of these is unfinished, or until it is handed on where one has failed.
   */
  block(
    job: Job,
    options: {
      readonly prereqs: readonly string[];
      readonly failure: PrereqFailure;
      readonly now: number;
    },
  ): void {
    const failed =
      options.failure === "release"
        ? undefined
        : (this.known.firstFailed(options.prereqs, ({ list }) => list === this.sets.dead) ??
          this.batches.firstMissed(options.prereqs));
    if (failed !== undefined) {
      this.addLast(job, this.sets.blocked, 0);
      this.dependents.doom(job, failed, options.failure);
      this.#announcer.work();
      return;
    }
    const open = [...new Set(options.prereqs)].filter((jid) => this.isUnfinished(jid));
    if (open.length === 0) {
      this.startWaiting(job, options.now);
      return;
    }
    this.addLast(job, this.sets.blocked, 0);
    this.dependents.hold(job, open, options.failure);
  }

  isUnfinished(jid: string): boolean {
    const job = this.known.find(jid);
    return job === undefined ? this.batches.isAwaited(jid) : job.list !== this.sets.dead;
  }

  bury(job: Job, now: number): void {
    if (job.holds !== undefined) {
      this.keeping.died(job.holds, now);
    }
    job.at = now;
    job.member?.died(job.payload);
    job.recoveries = 0;
    this.addLast(job, this.sets.dead, now);
    this.#leftovers.removed();
    this.#free(job.jid, "dead");
    this.#trimDead(now);
  }

  /** Whether it ran when it was cancelled. */
  isCancelled({ jid, member }: Job): boolean {
    return this.cancelled.size > 0 && (this.cancelled.has(jid) || member?.isCancelled === true);
  }

  /** @returns how: it waited, or runs; `undefined` if it is dead or unknown. */
  cancel(jid: string): "waiting" | "running" | undefined {
    const job = this.known.find(jid);
    if (job === undefined || job.list === this.sets.dead) {
      return undefined;
    }
    if (job.list === undefined) {
      this.cancelled.add(jid);
      return "running";
    }
    this.takeOut(job);
    this.finish(job, "cancelled");
    return "waiting";
  }

  /** Forgets a job that waits nowhere, but for how it ended without success. */
  finish(job: Job, ended?: Unsuccessful): void {
    this.known.remove(job, ended);
    if (this.cancelled.size > 0) {
      this.cancelled.delete(job.jid);
    }
    if (job.holds !== undefined) {
      this.keeping.over(job.holds, this.#now());
    }
    job.member?.over();
    this.#leftovers.removed();
    this.#free(job.jid, ended);
  }

  /** Takes a job out of its list, to be put elsewhere. */
  takeOut(job: Job): void {
    if (job.prereqWait !== undefined) {
      this.dependents.forget(job);
    }
    if (job.holds !== undefined) {
      this.keys.leaveLines(job, job.holds, this.#now());
    }
    if (job.list === this.sets.dead) {
      this.#leftovers.added();
    }
    job.list?.remove(job);
    job.list = undefined;
    if (job.fair !== undefined) {
      this.queues.get(job.queue)?.keyedLeft();
    }
  }

  /** Takes the first of a list, to be run. */
  takeFirst(list: JobList): Job | undefined {
    const job = list.shift();
    if (job !== undefined) {
      job.list = undefined;
    }
    return job;
  }

  releaseBlocked(limit: number, now: number): number {
    const free = this.dependents.free(limit);
    for (const job of free) {
      const { failedPrereq } = job.prereqWait ?? {};
      if (failedPrereq === undefined) {
        this.takeOut(job);
        this.startWaiting(job, now);
      } else {
        this.#end(job, failedPrereq, now);
      }
    }
    return free.length;
  }

  /** Ends a blocked job as it asked for, since a prerequisite was no success. */
  #end(job: Job, failedPrereq: FailedPrereq, now: number): void {
    const isBuried = job.prereqWait?.failure === "bury";
    this.takeOut(job);
    if (isBuried) {
      const stamp = this.#settings.timestamp(now);
      job.payload = buriedWithPrereq({ ...job.stored(), stamp }, failedPrereq);
      this.bury(job, now);
    } else {
      this.finish(job, "cancelled");
    }
  }

  #wait(job: Job, list: JobList, at: number): void {
    this.addLast(job, list, at);
    this.#announcer.due(at);
  }

  #free(jid: string, ended: Unsuccessful | undefined): void {
    if (this.dependents.finished(jid, ended)) {
      this.#announcer.work();
    }
  }

  #trimDead(now: number): void {
    const { dead } = this.sets;
    const { deadMaxJobs, deadTimeout } = this.#settings;
    while (dead.size > deadMaxJobs || (dead.first?.rank ?? now) < now - deadTimeout) {
      const job = dead.shift();
      if (job !== undefined) {
        this.known.remove(job, "dead");
        if (job.holds !== undefined) {
          this.keeping.over(job.holds, now);
        }
      }
    }
  }
}
