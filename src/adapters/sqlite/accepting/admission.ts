import { batchKey } from "../../batches.ts";
import { ALL_ACCEPTED, type EnqueueAnswer, type Refusal } from "../../enqueue-answer.ts";
import type { Entry } from "../../entry.ts";
import type { Hold } from "../../hold.ts";
import type { Key } from "../holds/key.ts";
import type { Context } from "../store/context.ts";
import { STATES, type Job } from "../jobs/job.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { isHolding } from "../holds/keeping.ts";
import type { KeyLines } from "./key-lines.ts";
import { Replacing } from "./replacing.ts";

/** What one call that enqueues has come to. */
interface Call {
  readonly admitted: { readonly job: Job; readonly entry: Entry }[];
  readonly replacements: Replaced[];
  /** By the jid that was refused. */
  readonly refused: Map<string, Refusal>;
}

interface Replaced {
  readonly job: Job;
  readonly entry: Entry;
  /** Of the key that both want. */
  readonly hold: Hold;
}

/** Takes in jobs, where their keys allow it. */
export class Admission {
  readonly #context: Context;
  readonly #jobs: Jobs;
  readonly #lines: KeyLines;
  readonly #replacing: Replacing;

  constructor(context: Context, jobs: Jobs, lines: KeyLines) {
    this.#context = context;
    this.#jobs = jobs;
    this.#lines = lines;
    this.#replacing = new Replacing(context, jobs);
  }

  /**
   * Takes in what is not there yet. All of it is known before any is placed: it may wait for each
   * other.
   *
   * @param refused What was refused of the same call before, by jid; more is added.
   */
  admit(entries: readonly Entry[], refused: Map<string, Refusal> = new Map()): EnqueueAnswer {
    if (entries.every(isPlain)) {
      entries.forEach((entry) => this.#insert(entry));
      return ALL_ACCEPTED;
    }
    const call: Call = { admitted: [], replacements: [], refused };
    for (const entry of entries) {
      const refusal = this.#decide(entry, call);
      if (refusal !== undefined) {
        call.refused.set(entry.jid, refusal);
      }
    }
    for (const { job, entry } of call.admitted) {
      this.#place(job, entry, call);
    }
    for (const replaced of call.replacements) {
      this.#replace(replaced, call);
    }
    return refused.size === 0
      ? ALL_ACCEPTED
      : { refused: [...refused.values()], conflict: undefined };
  }

  /** A job that nothing has to be asked for goes straight to its place. */
  #insert({ jid, queue, payload, priority = 0, at: given, delay }: Entry): void {
    const { now, notices } = this.#context;
    const at = delay === undefined ? given : now + delay;
    const isScheduled = at !== undefined && at > now;
    const isNew = this.#context.run(
      "INSERT INTO job (jid, queue, state, rank, ord, priority, at, stamp, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (jid) DO NOTHING",
      jid,
      queue,
      isScheduled ? STATES.scheduled : STATES.ready,
      isScheduled ? at : priority,
      this.#context.next(),
      priority,
      isScheduled ? at : null,
      isScheduled ? null : this.#context.stamp,
      payload,
    );
    if (isNew === 0) {
      return;
    }
    if (isScheduled) {
      notices.dueAt(at);
    } else {
      this.#context.sized(queue, 1);
      notices.work();
    }
  }

  /** Accepts a job, or says who is in its way. */
  #decide(entry: Entry, call: Call): Refusal | undefined {
    const { jid, batch } = entry;
    const isKnown = this.#jobs.isKnown(entry);
    if (!isKnown && batch !== undefined && !this.#jobs.batches.takes(batch)) {
      return { jid, key: batchKey(batch), holder: undefined, how: "refused" };
    }
    const contested = isKnown ? [] : this.#declare(entry).filter((hold) => this.#isContested(hold));
    const refusing = contested.find(({ whenFull }) => whenFull === "refuse");
    if (refusing !== undefined) {
      const key = this.#jobs.keys.named(refusing.key);
      return { jid, key: key.name, holder: this.#holderOf(key), how: "refused" };
    }
    for (const hold of contested.filter(({ whenFull }) => whenFull === "replace")) {
      const job = this.#waitingHolder(this.#jobs.keys.named(hold.key));
      if (job !== undefined) {
        call.replacements.push({ job, entry, hold });
        return { jid, key: hold.key, holder: job.jid, how: "replaced" };
      }
    }
    this.#accept(entry, call);
    return undefined;
  }

  #accept(entry: Entry, call: Call): void {
    const job = this.#jobs.accept(entry);
    if (job === undefined) {
      return;
    }
    call.admitted.push({ job, entry });
    if (entry.batch !== undefined) {
      this.#jobs.batches.join(entry.batch);
    }
    if (!isHolding(job)) {
      return;
    }
    this.#jobs.keeping.name(entry.holds ?? []);
    for (const hold of job.holds.fromEnqueue) {
      if (hold.whenFull === "refuse") {
        this.#jobs.keeping.take(job, hold);
      }
    }
    this.#lines.join(job, entry);
  }

  #declare({ holds = [] }: Entry): readonly Hold[] {
    for (const hold of holds) {
      this.#jobs.keys.declared(hold.key, hold);
    }
    return holds;
  }

  /** Nobody takes it who comes now, but goes behind those that wait. */
  #isContested({ from, key: name }: Hold): boolean {
    const key = this.#jobs.keys.named(name);
    return from === "enqueue" && (key.isFull || key.lined > 0);
  }

  #holderOf(key: Key): string | undefined {
    return this.#jobs.keys.eldest(key) ?? this.#lines.first(key)?.jid;
  }

  /** One that another may take the place of. */
  #waitingHolder(key: Key): Job | undefined {
    const next = this.#lines.first(key);
    if (next !== undefined) {
      return next;
    }
    for (const { holder } of this.#jobs.keys.holdersOf(key)) {
      const job = this.#jobs.table.find(holder);
      if (job !== undefined && isWaiting(job)) {
        return job;
      }
    }
    return undefined;
  }

  #place(job: Job, entry: Entry, { refused }: Call): void {
    const { prereqFailure } = entry;
    const next = { prereqs: redirected(entry, refused), prereqFailure };
    const waiting = job.holds?.waiting;
    if (job.holds === undefined || waiting === undefined) {
      this.#jobs.place(job, next);
    } else {
      job.holds.waiting = { key: waiting.key, next };
      this.#jobs.holdBack(job);
    }
  }

  #replace({ job, entry, hold }: Replaced, { refused }: Call): void {
    const prereqs = redirected(entry, refused);
    if (!isHolding(job) || !this.#replacing.replace(job, { entry, hold, prereqs })) {
      refused.set(entry.jid, { jid: entry.jid, key: hold.key, holder: job.jid, how: "refused" });
    }
  }
}

/** Whether it needs nothing but a place. */
function isPlain({ holds, expiresAt, batch, prereqs, fairKey, remembered }: Entry): boolean {
  return (
    holds === undefined &&
    expiresAt === undefined &&
    batch === undefined &&
    prereqs === undefined &&
    fairKey === undefined &&
    remembered !== true
  );
}

/** Whether it may become another's: it neither runs, nor is it dead, nor to be ended. */
function isWaiting({ state, wait }: Job): boolean {
  return state !== STATES.running && state !== STATES.dead && wait?.failedPrereq === undefined;
}

/**
 * What waits for a job that was refused waits for the one that is in its way; for itself nobody
 * does.
 */
function redirected(
  { jid, prereqs }: Entry,
  refused: ReadonlyMap<string, Refusal>,
): readonly string[] | undefined {
  return refused.size === 0
    ? prereqs
    : prereqs
        ?.map((prereq) => refused.get(prereq)?.holder ?? prereq)
        .filter((prereq) => prereq !== jid);
}
