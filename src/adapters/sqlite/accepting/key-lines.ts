import type { Hold } from "../../hold.ts";
import { isHolding, type Holding } from "../holds/keeping.ts";
import type { Prereqs } from "../holds/job-holds.ts";
import type { Key } from "../holds/key.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { isWatching } from "../jobs/places.ts";
import { STATES, type Job } from "../jobs/job.ts";

/** Jobs that wait for keys from the moment on in which they were accepted. */
export class KeyLines {
  readonly #jobs: Jobs;

  constructor(jobs: Jobs) {
    this.#jobs = jobs;
  }

  /**
   * Takes all that such a job needs; where one of it is full it waits in that one's line, and takes
   * nothing.
   */
  join(job: Job & Holding, next: Prereqs): void {
    const wanted = job.holds.fromEnqueue.filter(isWaitedFor);
    const inTheWay = wanted.find((hold) => this.#isInTheWay(hold, job));
    if (inTheWay === undefined) {
      this.#take(job, wanted);
      return;
    }
    const key = this.#jobs.keys.named(inTheWay.key);
    job.holds.waiting = { key: key.name, next };
    this.#jobs.places.wait(job, key, (inTheWay.waitsFor ?? "free") !== "free");
  }

  /** Lets those go on whose keys are free. @returns how many went on, or to another line. */
  release(limit: number): number {
    const { keys } = this.#jobs;
    let count = 0;
    let after = -1;
    for (let key = keys.nextFreed(after); key !== undefined; key = keys.nextFreed(after)) {
      after = key.freed ?? after;
      keys.refresh(key);
      for (const job of this.#watchers(key)) {
        count += count < limit && this.#release(job, key) ? 1 : 0;
      }
      let isStuck = false;
      while (count < limit && !isStuck && !key.isFull) {
        const job = this.first(key);
        isStuck = job === undefined || !this.#release(job, key);
        count += isStuck ? 0 : 1;
      }
      if (count >= limit) {
        break;
      }
      key.freed = undefined;
    }
    return count;
  }

  /** The first that waits for it to be free. */
  first(key: Key): Job | undefined {
    return key.lined === 0 ? undefined : this.#inLine(key).find((job) => !isWatching(job));
  }

  #watchers(key: Key): Job[] {
    return key.watching === 0 ? [] : this.#inLine(key).filter(isWatching);
  }

  /** Those that wait for it; where nobody waits for more than it to be free, the first of them. */
  #inLine(key: Key): Job[] {
    const limit = key.watching === 0 ? 1 : -1;
    return this.#jobs.table.all(
      `line = ? AND state = ${STATES.blocked} ORDER BY age LIMIT ?`,
      key.id,
      limit,
    );
  }

  /** @returns whether it has left this line. */
  #release(job: Job, key: Key): boolean {
    const next = job.holds?.waiting?.next;
    if (!isHolding(job) || next === undefined) {
      return false;
    }
    const wanted = job.holds.fromEnqueue.filter(isWaitedFor);
    const inTheWay = wanted.find((hold) => this.#isInTheWay(hold, job));
    if (inTheWay?.key === key.name) {
      return false;
    }
    if (inTheWay === undefined) {
      this.#jobs.takeOut(job);
      this.#take(job, wanted);
      this.#jobs.place(job, next);
    } else {
      this.#jobs.places.leaveLine(job);
      this.join(job, next);
    }
    return true;
  }

  #take(job: Job & Holding, wanted: readonly Hold[]): void {
    for (const hold of wanted) {
      if ((hold.waitsFor ?? "free") === "free") {
        this.#jobs.keeping.take(job, hold);
      }
    }
  }

  #isInTheWay(hold: Hold, job: Job): boolean {
    const key = this.#jobs.keys.named(hold.key);
    switch (hold.waitsFor) {
      case "empty":
        return key.held > 0;
      case "death":
        return !key.hasDied;
      default:
        return key.isFull || (key.lined > 0 && this.first(key) !== job);
    }
  }
}

function isWaitedFor({ whenFull }: Hold): boolean {
  return whenFull !== "refuse";
}
