import type { JobStatus, Place, WaitingSet } from "../../job-store.ts";
import type { Key } from "../holds/key.ts";
import type { Keys } from "../holds/keys.ts";
import type { Context } from "../store/context.ts";
import type { FairLines } from "./fair-lines.ts";
import { STATES, type Job, type State } from "./job.ts";
import type { JobTable } from "./job-table.ts";

/** In which state the jobs of a set are. */
export const SET_STATES: Readonly<Record<WaitingSet, State>> = {
  scheduled: STATES.scheduled,
  retry: STATES.retry,
  dead: STATES.dead,
  blocked: STATES.blocked,
};

const STATUS: Readonly<Record<State, JobStatus>> = {
  [STATES.ready]: "enqueued",
  [STATES.running]: "running",
  [STATES.scheduled]: "scheduled",
  [STATES.retry]: "retrying",
  [STATES.blocked]: "blocked",
  [STATES.dead]: "dead",
  [STATES.parked]: "blocked",
  [STATES.fair]: "enqueued",
  [STATES.moving]: "enqueued",
};

export function statusOf(state: State): JobStatus {
  return STATUS[state];
}

/** Whether a job is there. */
export function isIn(job: Job, place: Place): boolean {
  if ("set" in place) {
    return place.set !== "finished" && job.state === SET_STATES[place.set];
  }
  const isThere = job.isQueued && job.queue === place.queue;
  return isThere && (place.parked === undefined || place.parked === (job.state === STATES.parked));
}

/**
 * Where jobs wait: queues, sets, and lines for keys. A job has its place in one of them, or it
 * runs.
 */
export class Places {
  readonly table: JobTable;
  readonly keys: Keys;
  readonly fair: FairLines;
  readonly #context: Context;

  constructor(
    context: Context,
    parts: { readonly table: JobTable; readonly keys: Keys; readonly fair: FairLines },
  ) {
    this.#context = context;
    this.table = parts.table;
    this.keys = parts.keys;
    this.fair = parts.fair;
  }

  /** Into a set, behind all others of its rank. */
  addLast(job: Job, set: WaitingSet, rank: number): void {
    this.#put(job, SET_STATES[set], { rank, order: this.#context.next(), age: 0 });
  }

  /** To the end of its queue, or, where it has a key, to where that one's turn is. */
  addToQueue(job: Job): void {
    if (job.fairKey === undefined) {
      this.#put(job, STATES.ready, { rank: job.priority, order: this.#context.next(), age: 0 });
    } else {
      this.fair.place(job, job.fairKey);
      this.#put(job, STATES.fair, job);
    }
  }

  /** To the head of its queue. */
  addFirst(job: Job): void {
    this.#put(job, STATES.ready, { rank: job.priority, order: this.#context.head(), age: 0 });
  }

  /** To be fetched where it stood among those that are parked. */
  unpark(job: Job): void {
    const state = job.fairKey === undefined || job.order < 0 ? STATES.ready : STATES.fair;
    this.#put(job, state, job);
  }

  /** Of its queue, but beside its list. */
  park(job: Job, key: Key): void {
    this.takeOut(job, true);
    job.line = key.id;
    key.parked += 1;
    this.#put(job, STATES.parked, job);
    this.#lineChanged(key.id, job.queue);
    this.keys.waitingChanged(key);
  }

  /** Into the line of a key, from the moment on in which it was accepted. */
  wait(job: Job, key: Key, isWatching: boolean): void {
    job.line = key.id;
    if (isWatching) {
      key.watching += 1;
    } else {
      key.lined += 1;
    }
    if (job.state === STATES.moving) {
      job.state = STATES.blocked;
      job.rank = 0;
      job.order = this.#context.next();
    }
    job.age = this.#context.next();
    this.table.save(job);
    this.keys.waitingChanged(key);
  }

  /**
   * Out of a queue, a set, or a line, to be put elsewhere. @param comesBack It does not leave its
   * queue.
   */
  takeOut(job: Job, comesBack = false): void {
    const { queue, state, line } = job;
    if (job.isQueued) {
      this.#context.sized(queue, -1);
    }
    if (state === STATES.dead) {
      this.#context.dead -= 1;
    }
    job.state = STATES.moving;
    job.line = undefined;
    this.#context.run(
      `UPDATE job SET state = ${STATES.moving}, line = NULL, free = NULL WHERE id = ?`,
      job.id,
    );
    if (line !== undefined) {
      this.#leaveLine(job, { line, state });
    }
    if (job.fairKey !== undefined && !comesBack) {
      this.fair.left(queue);
    }
  }

  /** Leaves the line of a key, and stays where it is. */
  leaveLine(job: Job): void {
    const { line, state } = job;
    if (line !== undefined) {
      job.line = undefined;
      this.table.save(job);
      this.#leaveLine(job, { line, state });
    }
  }

  #leaveLine(job: Job, { line, state }: { readonly line: number; readonly state: State }): void {
    const key = this.keys.byId(line);
    if (key === undefined) {
      return;
    }
    if (state === STATES.parked) {
      key.parked -= 1;
      this.#lineChanged(line, job.queue);
    } else if (isWatching(job)) {
      key.watching -= 1;
    } else {
      key.lined -= 1;
    }
    if (job.holds !== undefined) {
      job.holds.waiting = undefined;
    }
    this.keys.waitingChanged(key);
  }

  /** A line stands among those of its queue where its first job would. */
  #lineChanged(key: number, queue: string): void {
    const first = this.#context.get<{ rank: number; ord: number; age: number }>(
      `SELECT rank, ord, age FROM job WHERE line = ? AND queue = ? AND state = ${STATES.parked} ORDER BY rank, ord, age LIMIT 1`,
      key,
      queue,
    );
    if (first === undefined) {
      this.#context.run("DELETE FROM parked_line WHERE key = ? AND queue = ?", key, queue);
      return;
    }
    const { rank, ord, age } = first;
    this.#context.run(
      `INSERT INTO parked_line (key, queue, ready, rank, ord, age) VALUES (?, ?, 0, ?, ?, ?)
         ON CONFLICT (key, queue) DO UPDATE SET rank = excluded.rank, ord = excluded.ord, age = excluded.age`,
      key,
      queue,
      rank,
      ord,
      age,
    );
  }

  #put(
    job: Job,
    state: State,
    { rank, order, age }: { readonly rank: number; readonly order: number; readonly age: number },
  ): void {
    job.state = state;
    job.rank = rank;
    job.order = order;
    job.age = age;
    job.lease = undefined;
    job.fetched = undefined;
    job.startedAt = undefined;
    if (job.isQueued) {
      this.#context.sized(job.queue, 1);
    }
    this.table.save(job);
  }
}

/** Whether a job waits for more than that a key is free. */
export function isWatching({ holds }: Pick<Job, "holds">): boolean {
  const hold = holds?.fromEnqueue.find(
    ({ key, whenFull }) => key === holds.waiting?.key && whenFull !== "refuse",
  );
  return (hold?.waitsFor ?? "free") !== "free";
}
