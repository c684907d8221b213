import type { PrereqFailure } from "../adapter.ts";
import type { FailedPrereq } from "../bury.ts";
import type { Unsuccessful } from "../ends.ts";
import type { Job } from "./job.ts";

/** Who waits for whom, and who is free and waits to be handed on. */
export class Dependents {
  readonly #byPrereq = new Map<string, Set<Job>>();
  readonly #free = new Set<Job>();

  get hasFree(): boolean {
    return this.#free.size > 0;
  }

  /** @param prereqs unfinished jobs, each once, at least one. */
  hold(job: Job, prereqs: readonly string[], failure: PrereqFailure): void {
    job.prereqWait = { prereqs, failure, open: prereqs.length, failedPrereq: undefined };
    for (const prereq of prereqs) {
      const waiting = this.#byPrereq.get(prereq);
      if (waiting === undefined) {
        this.#byPrereq.set(prereq, new Set([job]));
      } else {
        waiting.add(job);
      }
    }
  }

  /** The jids of those that wait for a job, at most so many, in the order of their blocking. */
  of(jid: string, limit: number): string[] {
    const jids: string[] = [];
    for (const job of this.#byPrereq.get(jid) ?? []) {
      if (jids.length === limit) {
        break;
      }
      jids.push(job.jid);
    }
    return jids;
  }

  /** The job waits for nothing but its end. */
  doom(job: Job, failedPrereq: FailedPrereq, failure: PrereqFailure): void {
    job.prereqWait = { prereqs: [], failure, open: 0, failedPrereq };
    this.#free.add(job);
  }

  /** The job waits no longer, whatever becomes of it. */
  forget(job: Job): void {
    for (const prereq of job.prereqWait?.prereqs ?? []) {
      const waiting = this.#byPrereq.get(prereq);
      if (waiting?.delete(job) === true && waiting.size === 0) {
        this.#byPrereq.delete(prereq);
      }
    }
    this.#free.delete(job);
    job.prereqWait = undefined;
  }

  /** Frees what waited for this job alone. @returns whether there was any. */
  finished(jid: string, ended: Unsuccessful | undefined): boolean {
    const waiting = this.#byPrereq.get(jid);
    if (waiting === undefined) {
      return false;
    }
    this.#byPrereq.delete(jid);
    let freed = false;
    for (const job of waiting) {
      freed = this.#tell(job, jid, ended) || freed;
    }
    return freed;
  }

  /** At most `limit` jobs that are free, in the order in which they became so. */
  free(limit: number): Job[] {
    const jobs: Job[] = [];
    for (const job of this.#free) {
      if (jobs.length === limit) {
        break;
      }
      jobs.push(job);
    }
    return jobs;
  }

  #tell(job: Job, prereq: string, ended: Unsuccessful | undefined): boolean {
    const { prereqWait: wait } = job;
    if (wait === undefined || this.#free.has(job)) {
      return false;
    }
    wait.open -= 1;
    if (ended !== undefined && wait.failure !== "release") {
      wait.failedPrereq = { jid: prereq, ended };
    }
    if (wait.open > 0 && wait.failedPrereq === undefined) {
      return false;
    }
    this.#free.add(job);
    return true;
  }
}
