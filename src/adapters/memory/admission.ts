import { batchKey } from "../batches.ts";
import { ALL_ACCEPTED, type EnqueueAnswer, type Refusal } from "../enqueue-answer.ts";
import type { Entry } from "../entry.ts";
import type { HeldKey } from "./holds/held-key.ts";
import { JobHolds, type Wanted } from "./holds/job-holds.ts";
import type { Job } from "./job.ts";
import type { Jobs } from "./jobs.ts";
import type { KeyLines } from "./key-lines.ts";
import { replace } from "./replacement.ts";

/** What one call that enqueues has come to. */
interface Call {
  readonly now: number;
  readonly admitted: { readonly job: Job; readonly entry: Entry }[];
  /** Jobs that nobody has put anywhere yet. */
  readonly fresh: Set<Job>;
  readonly replacements: Replaced[];
  /** By the jid that was refused. */
  readonly refused: Map<string, Refusal>;
}

interface Replaced {
  readonly job: Job;
  readonly entry: Entry;
  readonly wanted: readonly Wanted<Job>[];
  /** Of the key that both want. */
  readonly by: Wanted<Job>;
}

/** Takes in jobs, where their keys allow it. */
export class Admission {
  readonly #jobs: Jobs;
  readonly #lines: KeyLines;

  constructor(jobs: Jobs, lines: KeyLines) {
    this.#jobs = jobs;
    this.#lines = lines;
  }

  /**
   * Takes in what is not there yet. All of it is known before any is placed: it may wait for each
   * other.
   */
  admit(entries: readonly Entry[], now: number): EnqueueAnswer {
    if (entries.some(isGuarded)) {
      return this.#admit(entries, now);
    }
    const admitted: { readonly job: Job; readonly entry: Entry }[] = [];
    for (const entry of entries) {
      const job = this.#jobs.accept(entry, now);
      if (job !== undefined) {
        admitted.push({ job, entry });
      }
    }
    for (const { job, entry } of admitted) {
      this.#jobs.place(job, entry, now);
    }
    return ALL_ACCEPTED;
  }

  #admit(entries: readonly Entry[], now: number): EnqueueAnswer {
    const refused = new Map<string, Refusal>();
    const call: Call = { now, admitted: [], fresh: new Set(), replacements: [], refused };
    for (const entry of entries) {
      const refusal = this.#decide(entry, call);
      if (refusal !== undefined) {
        refused.set(entry.jid, refusal);
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

  /** Accepts a job, or says who is in its way. */
  #decide(entry: Entry, call: Call): Refusal | undefined {
    const { now } = call;
    const isKnown = this.#jobs.known.isKnown(entry);
    const { jid, batch } = entry;
    if (!isKnown && batch !== undefined && !this.#jobs.batches.takes(batch)) {
      return { jid, key: batchKey(batch), holder: undefined, how: "refused" };
    }
    const wanted = isKnown ? [] : this.#wanted(entry, now);
    const contested = wanted.filter(({ hold, key }) => hold.from === "enqueue" && isTaken(key));
    const refusing = contested.find(({ hold }) => hold.whenFull === "refuse");
    if (refusing !== undefined) {
      const { key } = refusing;
      return { jid, key: key.name, holder: holderOf(key), how: "refused" };
    }
    for (const by of contested.filter(({ hold }) => hold.whenFull === "replace")) {
      const job = this.#waitingHolder(by.key, call);
      if (job !== undefined) {
        call.replacements.push({ job, entry, wanted, by });
        return { jid, key: by.key.name, holder: job.jid, how: "replaced" };
      }
    }
    const job = this.#jobs.accept(entry, now);
    if (job !== undefined) {
      call.admitted.push({ job, entry });
      call.fresh.add(job);
      job.member = batch === undefined ? undefined : this.#jobs.batches.join(batch, jid);
      this.#guard(job, entry, { wanted, now });
    }
    return undefined;
  }

  #wanted({ holds = [] }: Entry, now: number): Wanted<Job>[] {
    return holds.map((hold) => ({ hold, key: this.#jobs.keys.declared(hold.key, hold, now) }));
  }

  /** One that another may take the place of. */
  #waitingHolder(key: HeldKey<Job>, { fresh }: Call): Job | undefined {
    const [next] = key.line;
    if (next !== undefined) {
      return next;
    }
    for (const jid of key.holders.keys()) {
      const job = this.#jobs.known.find(jid);
      if (job !== undefined && (fresh.has(job) || this.#jobs.isWaiting(job))) {
        return job;
      }
    }
    return undefined;
  }

  #guard(
    job: Job,
    entry: Entry,
    { wanted, now }: { readonly wanted: readonly Wanted<Job>[]; readonly now: number },
  ): void {
    const { expiresAt } = entry;
    if (entry.holds === undefined && expiresAt === undefined) {
      return;
    }
    const holds = new JobHolds<Job>(job.jid, { since: now, wanted, expiresAt });
    job.holds = holds;
    for (const { key } of wanted) {
      key.named += 1;
    }
    for (const each of holds.fromEnqueue) {
      if (each.hold.whenFull === "refuse") {
        this.#jobs.keeping.take(holds, each, now);
      }
    }
    this.#lines.join(job, holds, { next: entry, now });
  }

  #place(job: Job, entry: Entry, { refused, now }: Call): void {
    const { prereqFailure } = entry;
    const next = { prereqs: redirected(entry, refused), prereqFailure };
    const waiting = job.holds?.waiting;
    if (job.holds === undefined || waiting === undefined) {
      this.#jobs.place(job, next, now);
    } else {
      job.holds.waiting = { key: waiting.key, next };
      this.#jobs.holdBack(job);
    }
  }

  #replace({ job, entry, wanted, by }: Replaced, { refused, now }: Call): void {
    const { holds } = job;
    const prereqs = redirected(entry, refused);
    const isDone =
      holds !== undefined &&
      replace(this.#jobs, { job, holds }, { entry, hold: by.hold, prereqs, wanted, now });
    if (!isDone) {
      const { name: key } = by.key;
      refused.set(entry.jid, { jid: entry.jid, key, holder: job.jid, how: "refused" });
    }
  }
}

function isGuarded({ holds, expiresAt, batch }: Entry): boolean {
  return holds !== undefined || expiresAt !== undefined || batch !== undefined;
}

/** Nobody takes it who comes now, but goes behind those that wait. */
function isTaken(key: HeldKey<Job>): boolean {
  return key.isFull || key.line.size > 0;
}

function holderOf(key: HeldKey<Job>): string | undefined {
  const [next] = key.line;
  return key.eldest ?? next?.jid;
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
