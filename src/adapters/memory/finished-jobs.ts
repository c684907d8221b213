import type { FinishedJob } from "../job-notes.ts";
import { Job } from "./job.ts";
import { SortedList } from "./sorted-list.ts";

interface Kept {
  readonly job: Job;
  readonly group: string;
  readonly until: number;
}

/** Below so many nobody looks for those whose time is over. */
const FEW = 1_000;

/** Jobs that are over and kept for operators. */
export class FinishedJobs {
  readonly list: SortedList<Job> = new SortedList();
  readonly #kept = new Map<string, Kept>();
  /** Jids by class, the oldest first. */
  readonly #groups = new Map<string, Set<string>>();
  #order = 0;
  #sweepAt = FEW;

  add(
    { jid, queue }: Pick<Job, "jid" | "queue">,
    { group, count, seconds, payload }: FinishedJob,
    now: number,
  ): void {
    this.forget(jid);
    if (this.#kept.size >= this.#sweepAt) {
      this.trim(now);
      this.#sweepAt = Math.max(FEW, 2 * this.#kept.size);
    }
    const job = new Job({ jid, queue, payload, at: now });
    this.#order += 1;
    job.rank = now;
    job.order = this.#order;
    job.list = this.list;
    this.list.add(job);
    this.#kept.set(jid, { job, group, until: now + seconds });
    const jids = this.#groups.get(group) ?? new Set();
    this.#groups.set(group, jids.add(jid));
    for (const oldest of jids) {
      if (jids.size <= count) {
        break;
      }
      this.forget(oldest);
    }
  }

  has(jid: string): boolean {
    return this.#kept.has(jid);
  }

  find(jid: string): Job | undefined {
    return this.#kept.get(jid)?.job;
  }

  forget(jid: string): void {
    const kept = this.#kept.get(jid);
    if (kept !== undefined) {
      const { job, group } = kept;
      this.#kept.delete(jid);
      this.list.remove(job);
      const jids = this.#groups.get(group);
      jids?.delete(jid);
      if (jids?.size === 0) {
        this.#groups.delete(group);
      }
    }
  }

  /** Forgets those whose time is over. */
  trim(now: number): void {
    for (const [jid, { until }] of this.#kept) {
      if (until <= now) {
        this.forget(jid);
      }
    }
  }

  /** Forgets all. @returns how many there were. */
  clear(): number {
    const jids = [...this.#kept.keys()];
    jids.forEach((jid) => this.forget(jid));
    return jids.length;
  }
}
