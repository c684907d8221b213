import type { Entry } from "../../entry.ts";
import type { Hold } from "../../hold.ts";
import { withJid } from "../../presentable.ts";
import type { Holding } from "../holds/keeping.ts";
import type { Context } from "../store/context.ts";
import type { Job } from "../jobs/job.ts";
import type { Jobs } from "../jobs/jobs.ts";

/** What takes the place of a job that waits. */
export interface Replacement {
  readonly entry: Entry;
  /** Of the key that both want. */
  readonly hold: Hold;
  /** The entry's prerequisites, as they are. */
  readonly prereqs: readonly string[] | undefined;
}

/** Makes others of jobs that wait. */
export class Replacing {
  readonly #context: Context;
  readonly #jobs: Jobs;

  constructor(context: Context, jobs: Jobs) {
    this.#context = context;
    this.#jobs = jobs;
  }

  /** @returns `false` where it would wait for itself then. */
  replace(job: Job & Holding, { entry, hold, prereqs }: Replacement): boolean {
    if (prereqs !== undefined && this.#waitsFor(prereqs, job.jid)) {
      return false;
    }
    const { waiting } = job.holds;
    const own = waiting?.next ?? { prereqs: job.wait?.prereqs, prereqFailure: job.wait?.failure };
    const next = {
      prereqs: own.prereqs && prereqs ? [...own.prereqs, ...prereqs] : (own.prereqs ?? prereqs),
      prereqFailure: entry.prereqFailure ?? own.prereqFailure ?? "release",
    } as const;
    const at = this.#dueOf(job, entry, hold);
    const isInPlace =
      job.queue === entry.queue &&
      job.priority === (entry.priority ?? 0) &&
      job.fairKey === entry.fairKey &&
      (at === undefined || at <= this.#context.now) &&
      next.prereqs === undefined &&
      job.isQueued;
    if (waiting === undefined && !isInPlace) {
      this.#jobs.takeOut(job);
    }
    this.#takeOver(job, entry, at);
    if (waiting !== undefined) {
      job.holds.waiting = { key: waiting.key, next };
      this.#jobs.table.save(job);
    } else if (isInPlace) {
      this.#jobs.keepPlace(job);
    } else {
      this.#jobs.place(job, next);
    }
    return true;
  }

  #dueOf({ holds }: Holding, entry: Entry, { dueWithin }: Hold): number | undefined {
    const at = entry.delay === undefined ? entry.at : this.#context.now + entry.delay;
    const latest = dueWithin === undefined ? Infinity : holds.since + dueWithin;
    return at === undefined ? undefined : Math.min(at, latest);
  }

  #takeOver(job: Job & Holding, entry: Entry, at: number | undefined): void {
    const { holds } = job;
    const before = holds.fromFetch;
    holds.fromFetch = (entry.holds ?? []).filter(({ from }) => from === "fetch");
    this.#jobs.keeping.name(holds.fromFetch);
    this.#jobs.keeping.unname(before);
    holds.expiresAt = entry.expiresAt ?? Infinity;
    job.payload = withJid(entry.payload, job.jid);
    job.at = at;
    job.recoveries = 0;
    job.queue = entry.queue;
    job.priority = entry.priority ?? 0;
    job.fairKey = entry.fairKey;
  }

  /** Whether one of these is that job, or waits for it. */
  #waitsFor(jids: readonly string[], jid: string): boolean {
    const seen = new Set(jids);
    for (const each of seen) {
      if (each === jid) {
        return true;
      }
      const job = this.#jobs.table.find(each);
      const prereqs = job?.wait?.prereqs ?? job?.holds?.waiting?.next.prereqs ?? [];
      prereqs.forEach((prereq) => seen.add(prereq));
    }
    return false;
  }
}
