import type { Move, Place, Rewriting, StoredJob } from "../../job-store.ts";
import type { Admission } from "../accepting/admission.ts";
import { STATES, type Job } from "../jobs/job.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { isHolding } from "../holds/keeping.ts";
import { isIn } from "../jobs/places.ts";
import type { FinishedJobs } from "../kept/finished-jobs.ts";
import type { Context } from "../store/context.ts";
import { isOfJobs, statesOf, type JobPlace } from "./pages.ts";

/** What is needed to change jobs where they wait. */
export interface ChangesParts {
  readonly context: Context;
  readonly jobs: Jobs;
  readonly finished: FinishedJobs;
  readonly admission: Admission;
}

/** What operators do to single jobs. Each of these is a part of a step. */
export class Changes {
  readonly #parts: ChangesParts;

  constructor(parts: ChangesParts) {
    this.#parts = parts;
  }

  delete(place: Place, stored: StoredJob, ended: "deleted" | "cancelled"): boolean {
    if (!isOfJobs(place)) {
      return this.#takeFinished(stored);
    }
    const job = this.#take(place, stored);
    if (job !== undefined) {
      this.#parts.jobs.finish(job, ended);
    }
    return job !== undefined;
  }

  move(place: Place, { job: stored, payload }: Move, to: "queue" | "dead"): boolean {
    const job = isOfJobs(place) ? this.#takeToMove(place, stored, to) : this.#revive(stored);
    if (job === undefined) {
      return false;
    }
    job.payload = payload;
    if (to === "dead") {
      this.#parts.jobs.bury(job);
    } else {
      this.#parts.jobs.enqueue(job);
    }
    return true;
  }

  rewrite(place: Place, stored: StoredJob, rewriting: Rewriting): boolean {
    const { jobs, finished } = this.#parts;
    const { jid = "", payload } = stored;
    if (!isOfJobs(place)) {
      const after = finished.find(jid)?.payload === payload ? rewriting(payload) : undefined;
      if (after !== undefined) finished.rewrite(stored, after);
      return after !== undefined;
    }
    const job = this.#find(place, stored);
    const after = job && rewriting(payload);
    if (job !== undefined && after !== undefined) {
      job.payload = after;
      jobs.table.save(job);
    }
    return after !== undefined;
  }

  /** Deletes the first jobs of a place, and a queue's name once none is left. @returns how many. */
  clear(place: JobPlace, limit: number): number {
    const { context, jobs } = this.#parts;
    const where = "queue" in place ? "queue = ? AND" : "";
    const values = "queue" in place ? [place.queue] : [];
    let count = 0;
    for (const state of statesOf(place)) {
      const found = jobs.table.all(`${where} state = ${state} LIMIT ?`, ...values, limit - count);
      for (const job of found) {
        jobs.takeOut(job);
        jobs.finish(job, "deleted");
      }
      count += found.length;
    }
    if ("queue" in place && place.parked === undefined && count < limit) {
      context.forgetQueue(place.queue);
    }
    return count;
  }

  #takeFinished(stored: StoredJob): boolean {
    const found = this.#parts.finished.find(stored.jid ?? "");
    return found !== undefined && this.#parts.finished.take(stored);
  }

  /**
   * A job anew of one that is over, on its way to its place; `undefined` if there is another of its
   * jid.
   */
  #revive(stored: StoredJob): Job | undefined {
    const { jobs, admission } = this.#parts;
    const { jid = "", queue, payload } = stored;
    if (jobs.table.has(jid) || !this.#takeFinished(stored)) {
      return undefined;
    }
    jobs.ends.forget(jid);
    admission.admit([{ jid, queue, payload }]);
    const job = jobs.table.find(jid);
    if (job !== undefined) {
      jobs.takeOut(job);
    }
    return job;
  }

  /** As `#take`; but a dead one that cannot have its holds again stays where it is. */
  #takeToMove(place: JobPlace, stored: StoredJob, to: "queue" | "dead"): Job | undefined {
    const { keeping } = this.#parts.jobs;
    const found = this.#find(place, stored);
    if (found === undefined || to === "dead" || found.state !== STATES.dead || !isHolding(found)) {
      return this.#take(place, stored);
    }
    if (keeping.obstacles(found).length > 0) {
      return undefined;
    }
    this.#parts.jobs.takeOut(found);
    keeping.revived(found);
    return found;
  }

  /** Takes out the job that was read, unless it has moved since. */
  #take(place: JobPlace, stored: StoredJob): Job | undefined {
    const job = this.#find(place, stored);
    if (job !== undefined) {
      this.#parts.jobs.takeOut(job);
    }
    return job;
  }

  #find(place: JobPlace, { jid, payload }: StoredJob): Job | undefined {
    const job = jid === undefined ? undefined : this.#parts.jobs.table.find(jid);
    return job !== undefined && isIn(job, place) && job.payload === payload ? job : undefined;
  }
}
