import type { Unsuccessful } from "../../ends.ts";
import type { PrereqFailure } from "../../job-record.ts";
import type { StoredJob } from "../../job-store.ts";
import { appendField } from "../../payload.ts";
import type { SqlValue } from "../driver/driver.ts";
import { JobHolds } from "../holds/job-holds.ts";

/** Where a job is: numbers that its indexes know. */
export const STATES = {
  ready: 0,
  running: 1,
  scheduled: 2,
  retry: 3,
  blocked: 4,
  dead: 5,
  parked: 6,
  /** To be fetched from its queue, in which keys take turns. */
  fair: 7,
  /** On its way from one place to another. */
  moving: 8,
} as const;

/** One of {@link STATES}. */
export type State = (typeof STATES)[keyof typeof STATES];

/** A row of the table of jobs. */
export interface JobRow {
  readonly id: number;
  readonly jid: string;
  readonly queue: string;
  readonly state: State;
  readonly rank: number;
  readonly ord: number;
  readonly age: number;
  readonly priority: number;
  readonly at: number | null;
  readonly stamp: string | null;
  readonly payload: string;
  readonly recoveries: number;
  readonly remembered: number;
  readonly fair: string | null;
  readonly lease: number | null;
  readonly fetched: number | null;
  readonly started: number | null;
  readonly cancelled: number;
  readonly batch: string | null;
  readonly member: number;
  readonly holds: string | null;
  readonly line: number | null;
  readonly wait: string | null;
  readonly free: number | null;
}

/** What a blocked job waits for. */
export interface PrereqWait {
  readonly prereqs: readonly string[];
  readonly failure: PrereqFailure;
  /** Its number among those that wait for a prerequisite. */
  readonly ord: number;
  /** How many of them are unfinished. */
  open: number;
  /** The prerequisite that was no success, where that is this job's end. */
  failedPrereq?: { readonly jid: string; readonly ended: Unsuccessful } | undefined;
}

const TRIED = 1;
const DEAD = 2;

/** One job from the moment it was accepted until it is over. */
export class Job {
  readonly id: number;
  readonly jid: string;
  queue: string;
  state: State;
  rank: number;
  order: number;
  /**
   * Of those whose orders may be the same, the lower goes first. Of one that waits in a key's line:
   * its place there.
   */
  age: number;
  priority: number;
  /** The time it was given, or got with a retry. */
  at: number | undefined;
  recoveries: number;
  /** Its jid makes no second job for a while after its end. */
  isRemembered: boolean;
  fairKey: string | undefined;
  /** It runs, and is over however its run ends. */
  isCancelled: boolean;
  /** The id of the batch that counts it. */
  readonly batch: string | undefined;
  /** An attempt has ended, for its batch. */
  isTried: boolean;
  /** It is dead, for its batch. */
  isDead: boolean;
  /** Where it has to hold anything. */
  holds: JobHolds | undefined;
  /** The key that it waits for in line. */
  line: number | undefined;
  wait: PrereqWait | undefined;
  /** In which order it came to wait for nothing any more. */
  free: number | undefined;
  /** The lease that has it, and in which order it was handed out. */
  lease: number | undefined;
  fetched: number | undefined;
  startedAt: number | undefined;
  #payload: string;
  #stamp: string | undefined;

  constructor(row: JobRow) {
    this.id = row.id;
    this.jid = row.jid;
    this.queue = row.queue;
    this.state = row.state;
    this.rank = row.rank;
    this.order = row.ord;
    this.age = row.age;
    this.priority = row.priority;
    this.at = row.at ?? undefined;
    this.recoveries = row.recoveries;
    this.isRemembered = row.remembered === 1;
    this.fairKey = row.fair ?? undefined;
    this.isCancelled = row.cancelled === 1;
    this.batch = row.batch ?? undefined;
    this.isTried = (row.member & TRIED) !== 0;
    this.isDead = (row.member & DEAD) !== 0;
    this.holds = row.holds === null ? undefined : JobHolds.read(row.holds);
    this.line = row.line ?? undefined;
    this.wait = row.wait === null ? undefined : (JSON.parse(row.wait) as PrereqWait);
    this.free = row.free ?? undefined;
    this.lease = row.lease ?? undefined;
    this.fetched = row.fetched ?? undefined;
    this.startedAt = row.started ?? undefined;
    this.#payload = row.payload;
    this.#stamp = row.stamp ?? undefined;
  }

  get payload(): string {
    return this.#stamp === undefined
      ? this.#payload
      : appendField(this.#payload, "enqueued_at", this.#stamp);
  }

  set payload(payload: string) {
    this.#payload = payload;
    this.#stamp = undefined;
  }

  /** Marks the moment it enters a queue, as JSON. */
  stamp(enqueuedAt: string): void {
    this.#stamp = enqueuedAt;
  }

  /** Whether it is one of its queue. */
  get isQueued(): boolean {
    const { state } = this;
    return state === STATES.ready || state === STATES.fair || state === STATES.parked;
  }

  stored(waitsFor?: string): StoredJob {
    const { jid, queue, payload, at } = this;
    return waitsFor === undefined
      ? { jid, queue, payload, at }
      : { jid, queue, payload, at, waitsFor };
  }

  /** All that may change, in the order of {@link JOB_COLUMNS}. */
  values(): SqlValue[] {
    return [
      this.queue,
      this.state,
      this.rank,
      this.order,
      this.age,
      this.priority,
      this.at ?? null,
      this.#stamp ?? null,
      this.#payload,
      this.recoveries,
      this.isRemembered ? 1 : 0,
      this.fairKey ?? null,
      this.lease ?? null,
      this.fetched ?? null,
      this.startedAt ?? null,
      this.isCancelled ? 1 : 0,
      (this.isTried ? TRIED : 0) + (this.isDead ? DEAD : 0),
      this.holds === undefined ? null : this.holds.toText(),
      this.line ?? null,
      this.wait === undefined ? null : JSON.stringify(this.wait),
      this.free ?? null,
    ];
  }
}

/** Columns of a job that may change. */
export const JOB_COLUMNS: readonly string[] =
  "queue state rank ord age priority at stamp payload recoveries remembered fair lease fetched started cancelled member holds line wait free".split(
    " ",
  );

/** The payload that a row says. */
export function payloadOf({ payload, stamp }: Pick<JobRow, "payload" | "stamp">): string {
  return stamp === null ? payload : appendField(payload, "enqueued_at", stamp);
}
