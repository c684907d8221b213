import {
  ALL_ACCEPTED,
  appendField,
  assertEntries,
  assertOutcomes,
  hasStar,
  LeaseLostError,
  servedQueues,
  timestamp,
  type Adapter,
  type Entry,
  type Exchange,
  type FetchedJob,
  type FetchRequest,
  type JobNotes,
  type JobStatus,
  type JobStore,
  type Lease,
  type LeaseOptions,
  type Outcome,
  type Place,
  type Promotion,
  type StoredJob,
} from "mandate/adapter";

/** A row of the table that this adapter's store is. */
interface Row {
  readonly jid: string;
  queue: string;
  payload: string;
  state: "enqueued" | "scheduled" | "retrying" | "blocked" | "dead" | "running";
  /** The smaller first; it stays the same while the job runs, so that a release puts it back where it was. */
  order: number;
  at?: number | undefined;
  holder?: string | undefined;
}

const STATES = { scheduled: "scheduled", retry: "retrying", blocked: "blocked", dead: "dead" };

/** Keeps jobs in one table, searched from end to end. Has no prerequisites, recovery and notes yet. */
export class SmallAdapter implements Adapter {
  readonly name = "small";
  readonly capabilities = { persistent: false, priorities: false, holds: false, documents: false };
  readonly #now: () => number;
  readonly #rows = new Map<string, Row>();
  readonly #queues = new Set<string>();
  readonly #paused = new Set<string>();
  readonly #counters = { processed: 0, failed: 0 };
  #latest = 0;

  constructor(now: () => number = () => Date.now() / 1000) {
    this.#now = now;
  }

  async enqueue(entries: readonly Entry[]): Promise<typeof ALL_ACCEPTED> {
    assertEntries(entries);
    for (const { jid, queue, payload, at, prereqs } of entries) {
      if (!this.#rows.has(jid)) {
        const row: Row = { jid, queue, payload, state: "blocked", order: 0 };
        this.#rows.set(jid, row);
        if (prereqs === undefined) {
          this.#place(row, at);
        }
      }
    }
    return ALL_ACCEPTED;
  }

  async lease(options: LeaseOptions): Promise<Lease> {
    const { identity, ttl } = options;
    let endsAt = this.#now() + ttl;
    const assertAlive = (): void => {
      if (endsAt < this.#now()) {
        throw new LeaseLostError(identity);
      }
    };
    return {
      identity,
      exchange: async (outcomes, request) => {
        assertAlive();
        return this.#exchange(identity, outcomes, request);
      },
      renew: async () => {
        assertAlive();
        endsAt = this.#now() + ttl;
      },
      close: async () => {
        endsAt = -Infinity;
        this.#held(identity).forEach((row) => this.#release(row));
      },
    };
  }

  async promoteDue(limit = 1_000): Promise<Promotion> {
    const timed = [...this.#rows.values()]
      .filter(({ state }) => state === "scheduled" || state === "retrying")
      .toSorted((one, other) => (one.at ?? 0) - (other.at ?? 0));
    const due = timed.filter(({ at = 0 }) => at <= this.#now()).slice(0, limit);
    due.forEach((row) => this.#place(row));
    return { promoted: due.length, nextAt: timed[due.length]?.at };
  }

  async status(jid: string): Promise<JobStatus> {
    return this.#rows.get(jid)?.state ?? "finished";
  }

  async unfinished(jids: readonly string[]): Promise<readonly string[]> {
    return jids.filter((jid) => (this.#rows.get(jid)?.state ?? "dead") !== "dead");
  }

  releaseBlocked = async (): Promise<number> => 0;
  recover = async (): Promise<[]> => [];
  close = async (): Promise<void> => undefined;

  readonly store: JobStore = {
    queueNames: async () => [...this.#queues].toSorted(),
    size: async (place) => this.#at(place).length,
    page: async (place, cursor = "0", limit) => {
      const jobs = this.#at(place).slice(Number(cursor));
      const next = jobs.length > limit ? String(Number(cursor) + limit) : undefined;
      return { jobs: jobs.slice(0, limit), cursor: next };
    },
    find: async (place, jid) => this.#at(place).find((job) => job.jid === jid),
    pause: async (queue) => void this.#paused.add(queue),
    resume: async (queue) => void this.#paused.delete(queue),
    pausedQueues: async () => [...this.#paused].toSorted(),
    counters: async () => this.#counters,
    running: async () =>
      [...this.#rows.values()].flatMap(({ holder, queue, payload, at = 0 }) =>
        holder === undefined ? [] : { identity: holder, queue, payload, startedAt: at },
      ),
    now: async () => this.#now(),
    facts: async () => ({}),
    findings: async () => [],
    workers: async () => [],
    foreignProcesses: async () => [],
    ...missing("delete", "move", "deleteAll", "moveAll", "rewriteAll", "cancel", "clear", "signal"),
    ...missing("dependents", "countersByDay"),
  };

  readonly notes: JobNotes = {
    ...missing("writeProgress", "readProgress", "readEnds"),
    ...missing("writeProfile", "readProfiles", "readProfile"),
    listen: () => ({ ready: Promise.resolve(), stop: () => undefined }),
  };

  /** To the schedule, or to the end of its queue. */
  #place(row: Row, at = -Infinity, state: Row["state"] = "scheduled"): void {
    const isDue = at <= this.#now() && state === "scheduled";
    this.#latest += 1;
    Object.assign(row, { order: this.#latest, holder: undefined, at, state });
    if (isDue) {
      const enqueuedAt = JSON.stringify(timestamp(this.#now()));
      const payload = appendField(row.payload, "enqueued_at", enqueuedAt);
      Object.assign(row, { state: "enqueued", at: undefined, payload });
      this.#queues.add(row.queue);
    }
  }

  #release(row: Row): void {
    Object.assign(row, { state: "enqueued", holder: undefined, at: undefined });
  }

  #held(identity: string): Row[] {
    return [...this.#rows.values()].filter(({ holder }) => holder === identity);
  }

  #exchange(identity: string, outcomes: readonly Outcome[], request?: FetchRequest): Exchange {
    if (request !== undefined && !(request.limit >= 1)) {
      throw new RangeError(`Cannot fetch ${request.limit} jobs: expected a limit of at least 1`);
    }
    assertOutcomes(outcomes);
    const refused = outcomes.flatMap((outcome) => {
      const row = this.#rows.get((outcome.job as Receipt).jid);
      const isHeld = row?.holder === identity && row.payload === outcome.job.payload;
      return isHeld ? (this.#settle(row, outcome), []) : [outcome.job];
    });
    const jobs = request === undefined ? [] : this.#fetch(identity, request);
    return { jobs, refused, releasable: false };
  }

  #settle(row: Row, outcome: Outcome): void {
    const isFailure = outcome.kind === "retry" || outcome.kind === "dead";
    const isCounted = outcome.kind !== "release" && outcome.kind !== "block";
    this.#counters.processed += isCounted ? 1 : 0;
    this.#counters.failed += isFailure || (outcome.kind === "done" && outcome.failed) ? 1 : 0;
    if ("payload" in outcome) {
      row.payload = outcome.payload;
    }
    if ("queue" in outcome) {
      row.queue = outcome.queue;
    }
    switch (outcome.kind) {
      case "done":
        this.#rows.delete(row.jid);
        break;
      case "retry":
        this.#place(row, outcome.at, "retrying");
        break;
      case "requeue":
        this.#place(row, outcome.at);
        break;
      case "dead":
        this.#place(row, this.#now(), "dead");
        break;
      case "block":
        this.#place(row, undefined, "blocked");
        break;
      case "release":
        this.#release(row);
    }
  }

  #fetch(identity: string, { queues = ["*"], limit }: FetchRequest): FetchedJob[] {
    const all = [...this.#queues].toSorted(() => Math.random() - 0.5);
    const names = queues.some(hasStar) ? servedQueues(queues, all) : queues;
    const open = [...new Set(names)].filter((name) => !this.#paused.has(name));
    const rows = open.flatMap((queue) => this.#waiting(queue)).slice(0, limit);
    return rows.map((row) => {
      Object.assign(row, { state: "running", holder: identity, at: this.#now() });
      const { jid, queue, payload } = row;
      return { jid, queue, payload, recoveries: 0 };
    });
  }

  #waiting(queue: string): Row[] {
    const rows = [...this.#rows.values()].filter((row) => row.queue === queue);
    return rows
      .filter(({ state }) => state === "enqueued")
      .toSorted((one, other) => one.order - other.order);
  }

  #at(place: Place): StoredJob[] {
    if ("queue" in place) {
      return this.#waiting(place.queue).map(stored);
    }
    const state = Object.entries(STATES).find(([set]) => set === place.set)?.[1];
    const rows = [...this.#rows.values()].filter((row) => row.state === state);
    return rows.toSorted((one, other) => (one.at ?? 0) - (other.at ?? 0)).map(stored);
  }
}

/** What it hands out knows its row. */
interface Receipt extends FetchedJob {
  readonly jid: string;
}

function stored({ jid, queue, payload, at }: Row): StoredJob {
  return { jid, queue, payload, at };
}

/** What is not written yet says so. */
function missing<Name extends string>(...names: Name[]): Record<Name, () => Promise<never>> {
  const entries = names.map((name) => [
    name,
    () => Promise.reject(new Error(`SmallAdapter has no ${name} yet`)),
  ]);
  return Object.fromEntries(entries) as Record<Name, () => Promise<never>>;
}
