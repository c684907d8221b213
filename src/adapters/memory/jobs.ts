import type { Entry, PrereqFailure } from "../adapter.ts";
import { buriedWithPrereq, type FailedPrereq } from "../bury.ts";
import type { Unsuccessful } from "../ends.ts";
import type { JobStatus, Place, WaitingSet } from "../job-store.ts";
import { deadRetention } from "../retention.ts";
import type { Announcer } from "./announcer.ts";
import type { Position } from "./chunk.ts";
import { Dependents } from "./dependents.ts";
import type { Job } from "./job.ts";
import { KnownJobs } from "./known-jobs.ts";
import type { Leftovers } from "./leftovers.ts";
import { SortedList } from "./sorted-list.ts";
import { Stamp } from "./stamp.ts";

export type JobList = SortedList<Job>;

const SETS: readonly (readonly [WaitingSet, JobStatus])[] = [
  ["scheduled", "scheduled"],
  ["retry", "retrying"],
  ["dead", "dead"],
  ["blocked", "blocked"],
];

/** All jobs that are known, and every way from one place to another. */
export class Jobs {
  readonly queues: Map<string, JobList> = new Map();
  readonly sets: Readonly<Record<WaitingSet, JobList>> = {
    scheduled: new SortedList(),
    retry: new SortedList(),
    dead: new SortedList(),
    blocked: new SortedList(),
  };
  /** Jids of those that run, and are finished however their run ends. */
  readonly cancelled: Set<string> = new Set();
  readonly known: KnownJobs;
  readonly dependents: Dependents = new Dependents();
  readonly #announcer: Announcer;
  readonly #leftovers: Leftovers;
  #lastOrder = 0;
  #firstOrder = 0;
  readonly #stamp = new Stamp();

  constructor(
    announcer: Announcer,
    { leftovers, now }: { readonly leftovers: Leftovers; readonly now: () => number },
  ) {
    this.#announcer = announcer;
    this.#leftovers = leftovers;
    this.known = new KnownJobs(now);
  }

  status(jid: string): JobStatus {
    const job = this.known.find(jid);
    if (job === undefined) {
      return this.known.endOf(jid) === "cancelled" ? "cancelled" : "finished";
    }
    if (job.list === undefined) {
      return "running";
    }
    const set = SETS.find(([name]) => job.list === this.sets[name]);
    return set === undefined ? "enqueued" : set[1];
  }

  list(place: Place): JobList | undefined {
    if ("queue" in place) {
      return this.queues.get(place.queue);
    }
    return place.set === "finished" ? undefined : this.sets[place.set];
  }

  get releasable(): boolean {
    return this.dependents.hasFree;
  }

  /** Takes in what is not there yet. All of it is known before any is placed: it may wait for each other. */
  admit(entries: readonly Entry[], now: number): void {
    const admitted: { readonly job: Job; readonly entry: Entry }[] = [];
    for (const entry of entries) {
      const job = this.known.admit(entry, now);
      if (job !== undefined) {
        this.#leftovers.added();
        admitted.push({ job, entry });
      }
    }
    for (const { job, entry } of admitted) {
      const { prereqs, prereqFailure } = entry;
      if (prereqs === undefined) {
        this.startWaiting(job, now);
      } else {
        this.block(job, { prereqs, failure: prereqFailure ?? "release", now });
        if (job.hold?.failedPrereq !== undefined) {
          this.#end(job, job.hold.failedPrereq, now);
        }
      }
    }
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
    job.at = undefined;
    job.stamp(this.#stamp.at(now));
    this.#addLast(job, this.#queue(job.queue), job.priority);
    this.#announcer.work();
  }

  /** Back to the head of its queue, unchanged. */
  putBack(job: Job): void {
    if (this.isCancelled(job)) {
      this.finish(job, "cancelled");
      return;
    }
    this.#firstOrder -= 1;
    add(job, this.#queue(job.queue), { rank: job.priority, order: this.#firstOrder });
    this.#announcer.work();
  }

  retry(job: Job, at: number): void {
    job.at = at;
    this.#wait(job, this.sets.retry, at);
  }

  /** Blocked as long as one of these is unfinished, or until it is handed on where one has failed. */
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
        : this.known.firstFailed(options.prereqs, ({ list }) => list === this.sets.dead);
    if (failed !== undefined) {
      this.#addLast(job, this.sets.blocked, 0);
      this.dependents.doom(job, failed, options.failure);
      this.#announcer.work();
      return;
    }
    const open = [...new Set(options.prereqs)].filter((jid) => this.isUnfinished(jid));
    if (open.length === 0) {
      this.startWaiting(job, options.now);
      return;
    }
    this.#addLast(job, this.sets.blocked, 0);
    this.dependents.hold(job, open, options.failure);
  }

  isUnfinished(jid: string): boolean {
    const job = this.known.find(jid);
    return job !== undefined && job.list !== this.sets.dead;
  }

  bury(job: Job, now: number): void {
    job.at = now;
    job.recoveries = 0;
    this.#addLast(job, this.sets.dead, now);
    this.#leftovers.removed();
    this.#free(job.jid, "dead");
    this.#trimDead(now);
  }

  /** Whether it ran when it was cancelled. */
  isCancelled({ jid }: Job): boolean {
    return this.cancelled.size > 0 && this.cancelled.has(jid);
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
    this.#leftovers.removed();
    this.#free(job.jid, ended);
  }

  /** Takes a job out of its list, to be put elsewhere. */
  takeOut(job: Job): void {
    if (job.hold !== undefined) {
      this.dependents.forget(job);
    }
    if (job.list === this.sets.dead) {
      this.#leftovers.added();
    }
    job.list?.remove(job);
    job.list = undefined;
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
      const { failedPrereq } = job.hold ?? {};
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
    const isBuried = job.hold?.failure === "bury";
    this.takeOut(job);
    if (isBuried) {
      job.payload = buriedWithPrereq({ ...job.stored(), now }, failedPrereq);
      this.bury(job, now);
    } else {
      this.finish(job, "cancelled");
    }
  }

  /** The scheduled or retried job that is due first. */
  get nextDue(): Job | undefined {
    const { scheduled, retry } = this.sets;
    const [one, other] = [scheduled.first, retry.first];
    return one === undefined || (other !== undefined && other.rank < one.rank) ? other : one;
  }

  #wait(job: Job, list: JobList, at: number): void {
    this.#addLast(job, list, at);
    this.#announcer.due(at);
  }

  /** Behind all others of its rank. */
  #addLast(job: Job, list: JobList, rank: number): void {
    this.#lastOrder += 1;
    add(job, list, { rank, order: this.#lastOrder });
  }

  #queue(name: string): JobList {
    let list = this.queues.get(name);
    if (list === undefined) {
      list = new SortedList();
      this.queues.set(name, list);
    }
    return list;
  }

  #free(jid: string, ended: Unsuccessful | undefined): void {
    if (this.dependents.finished(jid, ended)) {
      this.#announcer.work();
    }
  }

  #trimDead(now: number): void {
    const { dead } = this.sets;
    const { deadMaxJobs, deadTimeout } = deadRetention();
    while (dead.size > deadMaxJobs || (dead.first?.rank ?? now) < now - deadTimeout) {
      const job = dead.shift();
      if (job !== undefined) {
        this.known.remove(job, "dead");
      }
    }
  }
}

function add(job: Job, list: JobList, { rank, order }: Position): void {
  job.rank = rank;
  job.order = order;
  job.list = list;
  list.add(job);
}
