import type { ParkedJob } from "../../fetching.ts";
import { queueKey } from "../../hold.ts";
import { JobHolds } from "../holds/job-holds.ts";
import type { Key } from "../holds/key.ts";
import type { Keys } from "../holds/keys.ts";
import { STATES, type Job } from "../jobs/job.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { isHolding } from "../holds/keeping.ts";
import type { Context } from "../store/context.ts";

/** How many jobs one fetch may set aside that cannot be handed out: it is one step. */
const MOST_PARKED = 100;

/** One fetch, as far as it has come. */
export class Fetch {
  /** How many jobs may still be handed out that take a turn, or let go of a key, by that. */
  turns: number;
  /** Made for the first. */
  parked: ParkedJob[] | undefined = undefined;
  unparked: ParkedJob[] | undefined = undefined;
  wantsTurn = false;

  constructor(turns: number) {
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
  readonly #context: Context;
  readonly #jobs: Jobs;
  readonly #keys: Keys;

  constructor(context: Context, jobs: Jobs) {
    this.#context = context;
    this.#jobs = jobs;
    this.#keys = jobs.keys;
  }

  /** The next job of a queue, to be run; `undefined` where there is none now. */
  next(queue: string, fetch: Fetch): Job | undefined {
    const limit = this.#limitOf(queue);
    while (!fetch.isOver && limit !== "reached") {
      const job = this.#first(queue);
      if (job === undefined) {
        return undefined;
      }
      const full = this.#judge(job);
      if (full !== undefined) {
        this.#jobs.places.park(job, full);
        (fetch.parked ??= []).push({ jid: job.jid, queue, key: full.name });
        continue;
      }
      if (this.#wantsTurn(job, limit)) {
        if (fetch.turns <= 0) {
          fetch.wantsTurn = true;
          return undefined;
        }
        fetch.turns -= 1;
      }
      const line = job.line === undefined ? undefined : this.#keys.byId(job.line);
      if (line !== undefined) {
        (fetch.unparked ??= []).push({ jid: job.jid, queue, key: line.name });
      }
      return this.#handOut(job, limit);
    }
    return undefined;
  }

  /** The key that limits the queue; "reached" where nothing can be handed out from it now. */
  #limitOf(queue: string): Key | "reached" | undefined {
    const key = this.#keys.find(queueKey(queue));
    if (key === undefined || key.isFree(this.#context.now)) {
      return key;
    }
    key.isAwaited = true;
    this.#keys.waitingChanged(key);
    return "reached";
  }

  /** The first that is not parked, or whose line may be served. */
  #first(queue: string): Job | undefined {
    const { table, fair } = this.#jobs;
    const plain = table.first(`queue = ? AND state = ${STATES.ready} ORDER BY rank, ord`, queue);
    const keyed = table.first(
      `queue = ? AND state = ${STATES.fair} ORDER BY rank, ord, age`,
      queue,
    );
    const job = fair.isNext(queue, keyed, plain) ? keyed : plain;
    for (;;) {
      const line = this.#context.get<{ key: number; rank: number; ord: number; age: number }>(
        "SELECT key, rank, ord, age FROM parked_line WHERE queue = ? AND ready = 1 ORDER BY rank, ord, age LIMIT 1",
        queue,
      );
      if (line === undefined || (job !== undefined && isBefore(job, line))) {
        return job;
      }
      const key = this.#keys.byId(line.key);
      if (key !== undefined) {
        this.#keys.refresh(key);
        if (key.isFree(this.#context.now)) {
          return table.first(
            `line = ? AND queue = ? AND state = ${STATES.parked} ORDER BY rank, ord, age`,
            key.id,
            queue,
          );
        }
        this.#keys.isUsedUp(key);
      }
    }
  }

  /** Notes how the job is handed out. @returns the key that it has to wait for instead. */
  #judge({ jid, holds }: Job): Key | undefined {
    if (holds === undefined) {
      return undefined;
    }
    const { now } = this.#context;
    holds.refusedBy = undefined;
    holds.expired = holds.expiresAt <= now && holds.fromFetch.length > 0 ? true : undefined;
    if (holds.expired === true) {
      return undefined;
    }
    for (const hold of holds.fromFetch) {
      const key = this.#keys.named(hold.key);
      this.#keys.refresh(key);
      const isFree = (hold.rate === undefined && this.#keys.holds(key, jid)) || key.isFree(now);
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

  #wantsTurn({ jid, holds }: Job, limit: Key | undefined): boolean {
    if (holds?.isDiscarded === true) {
      return false;
    }
    const takesOne = holds?.fromFetch.some(({ key: name, rate }) => {
      const key = this.#keys.named(name);
      return rate !== undefined || !(key.isAmple || this.#keys.holds(key, jid));
    });
    return (
      limit !== undefined ||
      takesOne === true ||
      (holds !== undefined && this.#keys.gripsOf(jid).some(({ ends }) => ends === "fetched"))
    );
  }

  #handOut(job: Job, limit: Key | undefined): Job {
    // Before it leaves: the last of its queue's keys takes the rounds along.
    this.#jobs.fair.handedOut(job.queue, job);
    this.#jobs.takeOut(job);
    if (isHolding(job)) {
      this.#jobs.keeping.handedOut(job);
    }
    if (limit !== undefined && job.holds?.isDiscarded !== true) {
      job.holds ??= new JobHolds(this.#context.now, {});
      this.#jobs.keeping.limited({ jid: job.jid, holds: job.holds }, limit);
    }
    return job;
  }
}

function isBefore(
  { rank, order, age }: Job,
  line: { readonly rank: number; readonly ord: number; readonly age: number },
): boolean {
  if (rank !== line.rank) {
    return rank < line.rank;
  }
  return order === line.ord ? age < line.age : order < line.ord;
}
