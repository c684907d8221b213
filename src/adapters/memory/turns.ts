import type { ParkedJob } from "../fetching.ts";
import { queueKey } from "../hold.ts";
import { isBefore } from "./chunk.ts";
import type { HeldKey } from "./holds/held-key.ts";
import type { HeldKeys } from "./holds/held-keys.ts";
import { JobHolds } from "./holds/job-holds.ts";
import type { Keeping } from "./holds/keeping.ts";
import type { JobQueue } from "./job-queue.ts";
import type { Job } from "./job.ts";
import type { Jobs } from "./jobs.ts";

/** How many jobs one fetch may set aside that cannot be handed out: it is one step. */
const MOST_PARKED = 100;

/** One fetch, as far as it has come. */
export class Fetch {
  readonly now: number;
  /** How many jobs may still be handed out that take a turn, or let go of a key, by that. */
  turns: number;
  /** Made for the first. */
  parked: ParkedJob[] | undefined = undefined;
  unparked: ParkedJob[] | undefined = undefined;
  wantsTurn = false;

  constructor(now: number, turns: number) {
    this.now = now;
    this.turns = turns;
  }

  /** Whether it has set aside so many that it looks no further, though there may be more. */
  get isMore(): boolean {
    return this.parked !== undefined && this.parked.length >= MOST_PARKED;
  }

  get isOver(): boolean {
    return this.wantsTurn || this.isMore;
  }
}

/**
 * Hands out jobs, and with them their turns: where there is none, the job is set aside until there
 * is.
 */
export class Turns {
  readonly #jobs: Jobs;
  readonly #keys: HeldKeys<Job>;
  readonly #keeping: Keeping<Job>;

  constructor(jobs: Jobs) {
    this.#jobs = jobs;
    this.#keys = jobs.keys;
    this.#keeping = jobs.keeping;
  }

  /** Whether nobody has to do with any key: then jobs are taken as they stand in their queues. */
  get areNone(): boolean {
    return this.#keys.isEmpty;
  }

  /** The next job of a queue, to be run; `undefined` where there is none now. */
  next(queue: JobQueue, fetch: Fetch): Job | undefined {
    const limit = this.#limitOf(queue, fetch.now);
    while (!fetch.isOver && limit !== "reached") {
      const job = this.#first(queue, fetch.now);
      if (job === undefined) {
        return undefined;
      }
      const { holds } = job;
      const full = holds && this.#judge(holds, fetch.now);
      if (holds !== undefined && full !== undefined) {
        this.#park(job, holds, { key: full, queue, now: fetch.now });
        (fetch.parked ??= []).push({ jid: job.jid, queue: queue.name, key: full.name });
        continue;
      }
      if (this.#wantsTurn(holds, limit)) {
        if (fetch.turns <= 0) {
          fetch.wantsTurn = true;
          return undefined;
        }
        fetch.turns -= 1;
      }
      const line = holds?.line;
      if (line !== undefined) {
        (fetch.unparked ??= []).push({ jid: job.jid, queue: queue.name, key: line.key.name });
      }
      queue.fair?.handedOut(job);
      return this.#handOut(job, limit, fetch.now);
    }
    return undefined;
  }

  /**
   * Whether a job may be handed out now, whatever stands before it. One of a queue that has to wait
   * for a key is parked.
   */
  mayHave(job: Job, now: number): boolean {
    const { holds } = job;
    const queue = this.#jobs.queues.get(job.queue);
    const full = holds && this.#judge(holds, now);
    if (holds !== undefined && full !== undefined) {
      if (queue?.has(job, false) === true) {
        this.#park(job, holds, { key: full, queue, now });
      }
      return false;
    }
    return queue === undefined || this.#limitOf(queue, now) !== "reached";
  }

  /** Hands out a job that may be, from wherever it is. */
  takeAnyway(job: Job, now: number): void {
    const queue = this.#jobs.queues.get(job.queue);
    const limit = queue && this.#limitOf(queue, now);
    this.#handOut(job, limit === "reached" ? undefined : limit, now);
  }

  /** The key that limits the queue; "reached" where nothing can be handed out from it now. */
  #limitOf({ name }: JobQueue, now: number): HeldKey<Job> | "reached" | undefined {
    const key = this.#keys.find(queueKey(name), now);
    if (key === undefined || key.isFree(now)) {
      return key;
    }
    key.isAwaited = true;
    this.#keys.waitingChanged(key, now);
    return "reached";
  }

  /** The first that is not parked, or whose line may be served. */
  #first(queue: JobQueue, now: number): Job | undefined {
    const { list, parking, fair } = queue;
    for (;;) {
      const line = parking?.ready.first;
      const job = fair?.isNext(list.first) === true ? fair.jobs.first : list.first;
      if (line === undefined || (job !== undefined && isBefore(job, line))) {
        return job;
      }
      if (line.key.isFree(now)) {
        return line.first;
      }
      this.#keys.isUsedUp(line.key, now);
    }
  }

  /** Notes how the job is handed out. @returns the key that it has to wait for instead. */
  #judge(holds: JobHolds<Job>, now: number): HeldKey<Job> | undefined {
    holds.refusedBy = undefined;
    holds.expired = holds.expiresAt <= now && holds.fromFetch.length > 0 ? true : undefined;
    if (holds.expired === true) {
      return undefined;
    }
    for (const { hold, key } of holds.fromFetch) {
      this.#keys.refresh(key, now);
      const isFree = (hold.rate === undefined && holds.holdsKey(key)) || key.isFree(now);
      if (!isFree && hold.whenFull === "refuse") {
        holds.refusedBy = key.name;
        return undefined;
      }
      if (!isFree) {
        return key;
      }
    }
    return undefined;
  }

  #wantsTurn(holds: JobHolds<Job> | undefined, limit: HeldKey<Job> | undefined): boolean {
    if (holds?.expired === true || holds?.refusedBy !== undefined) {
      return false;
    }
    return (
      limit !== undefined ||
      holds?.fromFetch.some(({ hold, key }) => hold.rate !== undefined || !holds.holdsKey(key)) ===
        true ||
      (holds !== undefined && holds.grips.some(({ ends }) => ends === "fetched"))
    );
  }

  #park(
    job: Job,
    holds: JobHolds<Job>,
    {
      key,
      queue,
      now,
    }: { readonly key: HeldKey<Job>; readonly queue: JobQueue; readonly now: number },
  ): void {
    const { fair } = queue;
    const parking = queue.park();
    this.#jobs.takeOut(job);
    job.list = parking.jobs;
    parking.jobs.add(job);
    // It has not left for good, and its round counts.
    queue.fair = fair;
    this.#keys.park(job, holds, { key, queue: parking, now });
  }

  #handOut(job: Job, limit: HeldKey<Job> | undefined, now: number): Job {
    this.#jobs.takeOut(job);
    const { holds } = job;
    const isRun = holds?.expired !== true && holds?.refusedBy === undefined;
    if (holds !== undefined) {
      this.#keeping.handedOut(holds, isRun, now);
    }
    if (limit !== undefined && isRun) {
      this.#keeping.limited((job.holds ??= JobHolds.ofNone(job.jid, now)), limit, now);
    }
    return job;
  }
}
