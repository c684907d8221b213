import type { HeldKey } from "./holds/held-key.ts";
import type { JobHolds, Prereqs, Wanted } from "./holds/job-holds.ts";
import type { Job } from "./job.ts";
import type { Jobs } from "./jobs.ts";

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
  join(
    job: Job,
    holds: JobHolds<Job>,
    { next, now }: { readonly next: Prereqs; readonly now: number },
  ): void {
    const wanted = holds.fromEnqueue.filter(isWaitedFor);
    const inTheWay = wanted.find((each) => isInTheWay(each, job));
    if (inTheWay === undefined) {
      this.#take(holds, wanted, now);
      return;
    }
    const { hold, key } = inTheWay;
    const line = (hold.waitsFor ?? "free") === "free" ? key.line : key.watchers;
    line.add(job);
    holds.waiting = { key, next };
    this.#jobs.keys.waitingChanged(key, now);
  }

  /** Lets those go on whose keys are free. @returns how many went on, or to another line. */
  release(limit: number, now: number): number {
    const { keys } = this.#jobs;
    let count = 0;
    for (const key of keys.freed) {
      keys.refresh(key, now);
      for (const job of key.watchers) {
        count += count < limit && this.#release(job, key, now) ? 1 : 0;
      }
      let isStuck = false;
      while (count < limit && !isStuck && !key.isFull) {
        const [job] = key.line;
        isStuck = job === undefined || !this.#release(job, key, now);
        count += isStuck ? 0 : 1;
      }
      if (count >= limit) {
        break;
      }
      keys.isServed(key);
    }
    return count;
  }

  /** @returns whether it has left this line. */
  #release(job: Job, key: HeldKey<Job>, now: number): boolean {
    const { holds } = job;
    const next = holds?.waiting?.next;
    if (holds === undefined || next === undefined) {
      return false;
    }
    const wanted = holds.fromEnqueue.filter(isWaitedFor);
    const inTheWay = wanted.find((each) => isInTheWay(each, job));
    if (inTheWay?.key === key) {
      return false;
    }
    if (inTheWay === undefined) {
      this.#jobs.takeOut(job);
      this.#take(holds, wanted, now);
      this.#jobs.place(job, next, now);
    } else {
      this.#jobs.keys.leaveLines(job, holds, now);
      this.join(job, holds, { next, now });
    }
    return true;
  }

  #take(holds: JobHolds<Job>, wanted: readonly Wanted<Job>[], now: number): void {
    for (const each of wanted) {
      if ((each.hold.waitsFor ?? "free") === "free") {
        this.#jobs.keeping.take(holds, each, now);
      }
    }
  }
}

function isWaitedFor({ hold }: Wanted<Job>): boolean {
  return hold.whenFull !== "refuse";
}

function isInTheWay({ hold, key }: Wanted<Job>, job: Job): boolean {
  switch (hold.waitsFor) {
    case "empty":
      return key.holders.size > 0;
    case "death":
      return !key.hasDied;
    default: {
      const [first = job] = key.line;
      return key.isFull || first !== job;
    }
  }
}
