import { batchKey } from "../../batches.ts";
import { buriedWithPrereq } from "../../bury.ts";
import type { Unsuccessful } from "../../ends.ts";
import type { Entry } from "../../entry.ts";
import type { PrereqFailure } from "../../job-record.ts";
import type { JobStatus, WaitingSet } from "../../job-store.ts";
import type { Prereqs } from "../holds/job-holds.ts";
import { isHolding, Keeping } from "../holds/keeping.ts";
import { Keys } from "../holds/keys.ts";
import type { Context } from "../store/context.ts";
import { BatchCounts } from "./batch-counts.ts";
import { Dependents } from "./dependents.ts";
import { Dead } from "./dead.ts";
import { Ends } from "./ends.ts";
import { FairLines } from "./fair-lines.ts";
import { STATES, type Job } from "./job.ts";
import { JobTable } from "./job-table.ts";
import { Places, statusOf } from "./places.ts";

/** All jobs that are known, and every way from one place to another. */
export class Jobs {
  readonly table: JobTable;
  readonly keys: Keys;
  readonly keeping: Keeping;
  readonly fair: FairLines;
  readonly places: Places;
  readonly dependents: Dependents;
  readonly ends: Ends;
  readonly batches: BatchCounts;
  readonly #context: Context;
  readonly #dead: Dead;

  constructor(context: Context) {
    this.#context = context;
    this.table = new JobTable(context);
    this.keys = new Keys(context);
    this.keeping = new Keeping(context, this.keys);
    this.fair = new FairLines(context);
    const { table, keys, fair } = this;
    this.places = new Places(context, { table, keys, fair });
    this.dependents = new Dependents(context, table);
    this.ends = new Ends(context);
    this.#dead = new Dead(context, this);
    this.batches = new BatchCounts(context, (prereq, ended) =>
      this.dependents.finished(prereq, ended),
    );
  }

  status(jid: string): JobStatus {
    const job = this.#context.get<Pick<Job, "state">>("SELECT state FROM job WHERE jid = ?", jid);
    if (job === undefined) {
      return this.ends.of(jid) === "cancelled" ? "cancelled" : "finished";
    }
    return statusOf(job.state);
  }

  isUnfinished(jid: string): boolean {
    const job = this.#context.get<Pick<Job, "state">>("SELECT state FROM job WHERE jid = ?", jid);
    return job === undefined ? this.batches.isAwaited(jid) : job.state !== STATES.dead;
  }

  /** Whether any may be handed on. */
  get areReleasable(): boolean {
    return this.dependents.hasFree || this.keys.areFreed || this.batches.table.hasNews;
  }

  /** Whether a job of that jid is there, or was lately, so that this one makes none. */
  isKnown(entry: Entry): boolean {
    return this.table.has(entry.jid) || this.ends.isOver(entry);
  }

  /** @returns the job of an entry, to be placed; `undefined` if that makes none. */
  accept(entry: Entry): Job | undefined {
    const isRemembered = entry.remembered === true;
    const job = this.ends.isOver(entry) ? undefined : this.table.insert(entry);
    const known = isRemembered ? (job ?? this.table.find(entry.jid)) : undefined;
    if (known !== undefined) {
      known.isRemembered = true;
      this.table.save(known);
      this.ends.forget(entry.jid);
    }
    return job;
  }

  /** A job that comes in: what is known to have failed is dealt with at once. */
  place(job: Job, { prereqs, prereqFailure }: Prereqs): void {
    if (prereqs === undefined) {
      this.startWaiting(job);
      return;
    }
    this.block(job, prereqs, prereqFailure ?? "release");
    if (job.wait?.failedPrereq !== undefined) {
      this.#end(job);
    }
  }

  /** Blocked until it is taken out. */
  holdBack(job: Job): void {
    const { age } = job;
    this.places.addLast(job, "blocked", 0);
    // Where it stands in its key's line.
    job.age = age;
    this.table.save(job);
  }

  /** To the schedule if the job's time has not come, else to the end of its queue. */
  startWaiting(job: Job): void {
    if (job.at !== undefined && job.at > this.#context.now) {
      this.#wait(job, "scheduled", job.at);
    } else {
      this.enqueue(job);
    }
  }

  enqueue(job: Job): void {
    this.batches.waits(job);
    job.at = undefined;
    job.stamp(this.#context.stamp);
    this.places.addToQueue(job);
    this.#context.notices.work();
  }

  /** Of a queue, and anew: to be fetched where it stands. */
  keepPlace(job: Job): void {
    job.at = undefined;
    job.stamp(this.#context.stamp);
    if (job.state === STATES.parked) {
      this.places.takeOut(job, true);
      this.places.unpark(job);
    } else {
      this.table.save(job);
    }
    this.#context.notices.work();
  }

  /** Back to the head of its queue, unchanged. @param isLost Its worker died. */
  putBack(job: Job, isLost = false): void {
    if (this.isCancelled(job)) {
      this.finish(job, "cancelled");
      return;
    }
    if (isHolding(job)) {
      this.keeping.cameBack(job, isLost);
    }
    this.places.addFirst(job);
    this.#context.notices.work();
  }

  retry(job: Job, at: number): void {
    this.batches.failed(job);
    job.at = at;
    this.#wait(job, "retry", at);
  }

  /**
   * Blocked as long as one of these is unfinished, or until it is handed on where one has failed.
   */
  block(job: Job, prereqs: readonly string[], failure: PrereqFailure): void {
    const failed = failure === "release" ? undefined : this.#firstFailed(prereqs);
    if (failed !== undefined) {
      this.places.addLast(job, "blocked", 0);
      this.dependents.doom(job, failed, failure);
      return;
    }
    const open = [...new Set(prereqs)].filter((jid) => this.isUnfinished(jid));
    if (open.length === 0) {
      this.startWaiting(job);
      return;
    }
    this.places.addLast(job, "blocked", 0);
    this.dependents.hold(job, open, failure);
  }

  /** The first of these that is over without success, as far as that is known. */
  #firstFailed(
    jids: readonly string[],
  ): { readonly jid: string; readonly ended: Unsuccessful } | undefined {
    for (const jid of jids) {
      const job = this.#context.get<Pick<Job, "state">>("SELECT state FROM job WHERE jid = ?", jid);
      const isDead = job?.state === STATES.dead;
      const ended = job === undefined ? this.ends.of(jid) : isDead ? ("dead" as const) : undefined;
      if (ended !== undefined) {
        return { jid, ended };
      }
      if (this.batches.isMissed(jid)) {
        return { jid, ended: "cancelled" };
      }
    }
    return undefined;
  }

  bury(job: Job): void {
    if (isHolding(job)) {
      this.keeping.died(job);
    }
    job.at = this.#context.now;
    this.batches.died(job);
    job.recoveries = 0;
    job.isCancelled = false;
    this.places.addLast(job, "dead", job.at);
    this.#context.dead += 1;
    this.dependents.finished(job.jid, "dead");
    this.#dead.trim();
  }

  /** Whether it ran when it was cancelled. */
  isCancelled(job: Pick<Job, "isCancelled" | "batch">): boolean {
    return job.isCancelled || this.batches.isCancelled(job);
  }

  /** @returns whether it waited, or runs, and is not dead. */
  cancel(jid: string): boolean {
    const job = this.table.find(jid);
    if (job === undefined || job.state === STATES.dead) {
      return false;
    }
    if (job.state === STATES.running) {
      job.isCancelled = true;
      this.table.save(job);
      this.#context.notices.isCancelled = true;
      return true;
    }
    this.takeOut(job);
    this.finish(job, "cancelled");
    return true;
  }

  /** What workers are told that is cancelled, and has not ended. */
  cancelled(): string[] {
    const jobs = this.#context.all<{ jid: string }>("SELECT jid FROM job WHERE cancelled = 1");
    const batches = this.batches.table.ids(
      "SELECT id FROM batch WHERE cancelled_at IS NOT NULL AND ended_at IS NULL",
    );
    return [...jobs.map(({ jid }) => jid), ...batches.map(batchKey)];
  }

  /** Forgets a job that waits nowhere, but for how it ended without success. */
  finish(job: Job, ended?: Unsuccessful): void {
    this.table.delete(job);
    this.ends.note(job, ended);
    if (isHolding(job)) {
      this.keeping.over(job);
    }
    this.batches.over(job);
    this.dependents.finished(job.jid, ended);
  }

  /** Takes a job out of where it waits, to be put elsewhere. */
  takeOut(job: Job): void {
    if (job.wait !== undefined) {
      this.dependents.forget(job);
    }
    this.places.takeOut(job);
  }

  releaseBlocked(limit: number): number {
    const free = this.dependents.free(limit);
    for (const job of free) {
      if (job.wait?.failedPrereq === undefined) {
        this.takeOut(job);
        this.startWaiting(job);
      } else {
        this.#end(job);
      }
    }
    return free.length;
  }

  /** Ends a blocked job as it asked for, since a prerequisite was no success. */
  #end(job: Job): void {
    const { failure, failedPrereq } = job.wait ?? {};
    this.takeOut(job);
    if (failure === "bury" && failedPrereq !== undefined) {
      const stamp = this.#context.settings.timestamp(this.#context.now);
      job.payload = buriedWithPrereq({ ...job.stored(), stamp }, failedPrereq);
      this.bury(job);
    } else {
      this.finish(job, "cancelled");
    }
  }

  #wait(job: Job, set: WaitingSet, at: number): void {
    this.places.addLast(job, set, at);
    this.#context.notices.dueAt(at);
  }
}
