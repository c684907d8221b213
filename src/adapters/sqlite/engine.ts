import { isUsualJid } from "../../support/jid.ts";
import { AdapterError } from "../adapter-error.ts";
import type { Entry, LeaseOptions, Promotion, Recovery } from "../adapter.ts";
import type { BatchHappening } from "../batches.ts";
import type { DocumentWrite } from "../documents.ts";
import { ALL_ACCEPTED, type EnqueueAnswer, type Refusal } from "../enqueue-answer.ts";
import type { JobStatus } from "../job-store.ts";
import type { StoreSettings } from "../store-settings.ts";
import { Admission } from "./accepting/admission.ts";
import { KeyLines } from "./accepting/key-lines.ts";
import { findDriver } from "./driver/open-driver.ts";
import { assertLocalFile } from "./driver/local-file.ts";
import { Jobs } from "./jobs/jobs.ts";
import { FinishedJobs } from "./kept/finished-jobs.ts";
import { Results } from "./kept/results.ts";
import { SqliteDocuments } from "./kept/sqlite-documents.ts";
import { SqliteJobNotes } from "./kept/sqlite-job-notes.ts";
import { MOST_SWEPT, sweepKept } from "./kept/sweep.ts";
import { HandingOut } from "./leases/handing-out.ts";
import { LeaseTable } from "./leases/lease-table.ts";
import { Promoting } from "./leases/promoting.ts";
import { Recovering } from "./leases/recovering.ts";
import { Settling } from "./leases/settling.ts";
import { SqliteLease, type LeaseParts } from "./leases/sqlite-lease.ts";
import { Turns } from "./leases/turns.ts";
import { SqliteBatches } from "./managing/sqlite-batches.ts";
import { SqliteHolds } from "./managing/sqlite-holds.ts";
import { SqliteJobStore } from "./managing/sqlite-job-store.ts";
import type { SqliteSettings } from "./sqlite-options.ts";
import { Context } from "./store/context.ts";
import { openDatabase } from "./store/open-database.ts";
import { Steps } from "./store/steps.ts";
import { Posts } from "./telling/posts.ts";
import { Telling } from "./telling/telling.ts";
import { WakeFile } from "./telling/wake-file.ts";

/** How many entries go into one step, and how many where some have to hold keys. */
const SLICES = { plain: 1_000, holding: 500 };
/** How many blocked jobs are handed on in one step. */
const RELEASED = 500;

/** All parts of an adapter, put together. */
export class Engine {
  readonly store: SqliteJobStore;
  readonly notes: SqliteJobNotes;
  readonly holds: SqliteHolds;
  readonly documents: SqliteDocuments;
  readonly batches: SqliteBatches;
  readonly #steps: Steps;
  readonly #jobs: Jobs;
  readonly #lines: KeyLines;
  readonly #admission: Admission;
  readonly #promoting: Promoting;
  readonly #telling: Telling;
  readonly #leaseParts: LeaseParts;
  readonly #finished: FinishedJobs;
  readonly #context: Context;
  readonly #open = new Set<SqliteLease>();

  /** @param sender What tells this adapter from all others on the file. */
  constructor(
    { file, isDurable, driver, now }: SqliteSettings,
    settings: StoreSettings,
    sender: string,
  ) {
    const context = new Context(settings);
    const jobs = new Jobs(context);
    this.#context = context;
    this.#jobs = jobs;
    this.#lines = new KeyLines(jobs);
    this.#admission = new Admission(context, jobs, this.#lines);
    this.#promoting = new Promoting(context, jobs);
    this.#finished = new FinishedJobs(context);
    this.#telling = new Telling({
      context,
      steps: () => this.#steps,
      posts: new Posts(context, sender),
      wakeFile: new WakeFile(file),
      nextAt: () => this.#promoting.nextAt(),
      cancelled: () => jobs.cancelled(),
      onSignal: () => this.#open.forEach((lease) => void lease.hearSignal().catch(() => undefined)),
    });
    const telling = this.#telling;
    this.#steps = new Steps({
      context,
      now,
      isDurable,
      open: () => {
        assertLocalFile(file);
        return openDatabase(file, findDriver(driver));
      },
      onEnd: (notices) => telling.prepare(notices),
      onDone: (notices) => telling.tell(notices),
    });
    const steps = this.#steps;
    const results = new Results(context);
    const [finished, admission] = [this.#finished, this.#admission];
    const leases = new LeaseTable(context);
    this.store = new SqliteJobStore({ context, steps, jobs, finished, admission, leases, file });
    this.notes = new SqliteJobNotes({
      context,
      steps,
      telling,
      results,
      statusOf: (jid) => jobs.status(jid),
    });
    this.holds = new SqliteHolds({ context, steps, jobs });
    this.documents = new SqliteDocuments({ context, steps, telling });
    this.batches = new SqliteBatches({ context, steps, counts: jobs.batches, telling });
    this.#leaseParts = {
      sender,
      steps,
      jobs,
      leases,
      telling,
      settling: new Settling({ context, jobs, finished, results }),
      handingOut: new HandingOut(context, jobs, new Turns(context, jobs)),
      recovering: new Recovering(context, jobs, leases),
    };
  }

  async enqueue(
    entries: readonly Entry[],
    {
      timeout,
      given,
    }: { readonly timeout?: number | undefined; readonly given?: DocumentWrite | undefined },
  ): Promise<EnqueueAnswer> {
    const size = entries.some(({ holds }) => holds !== undefined) ? SLICES.holding : SLICES.plain;
    if (entries.length <= size || given !== undefined) {
      return this.#accept(entries, { timeout, given, refused: new Map() });
    }
    const refused = new Map<string, Refusal>();
    for (let start = 0; start < entries.length; start += size) {
      try {
        await this.#accept(entries.slice(start, start + size), { timeout, refused });
      } catch (error) {
        throw withAccepted(error, entries.slice(0, start));
      }
    }
    return refused.size === 0
      ? ALL_ACCEPTED
      : { refused: [...refused.values()], conflict: undefined };
  }

  /** One slice. */
  #accept(
    entries: readonly Entry[],
    {
      timeout,
      given,
      refused,
    }: {
      readonly timeout?: number | undefined;
      readonly given?: DocumentWrite | undefined;
      readonly refused: Map<string, Refusal>;
    },
  ): Promise<EnqueueAnswer> {
    return this.#steps.write(
      () => {
        const conflict = given && this.documents.conflictOf(given);
        if (conflict !== undefined) {
          return { refused: [], conflict };
        }
        const version = given && this.documents.put(given);
        const answer = this.#admission.admit(entries, refused);
        return version === undefined ? answer : { ...answer, version };
      },
      { isDurable: true, timeout },
    );
  }

  async lease(options: LeaseOptions): Promise<SqliteLease> {
    const lease = await SqliteLease.open(options, {
      ...this.#leaseParts,
      onEnd: (ended) => void this.#open.delete(ended),
    });
    this.#open.add(lease);
    return lease;
  }

  promoteDue(limit: number): Promise<Promotion> {
    return this.#steps.write(() => this.#promoting.promote(limit));
  }

  async releaseBlocked(onBatch: (happened: BatchHappening) => void = () => {}): Promise<number> {
    const { news, released } = await this.#steps.write(() => {
      const before = this.#jobs.batches.table.takeNews();
      const free = this.#jobs.releaseBlocked(RELEASED);
      const more = free < RELEASED ? this.#lines.release(RELEASED - free) : 0;
      return { news: before, released: free + more };
    });
    news.forEach((happened) => onBatch(happened));
    return released;
  }

  recover(): Promise<readonly Recovery[]> {
    return this.#steps.write(() => {
      sweepKept(this.#context);
      this.#jobs.ends.sweep(MOST_SWEPT);
      this.#jobs.keys.sweep(MOST_SWEPT);
      return this.#leaseParts.recovering.recover();
    });
  }

  unfinished(jids: readonly string[]): Promise<readonly string[]> {
    return this.#steps.read(() => jids.filter((jid) => this.#jobs.isUnfinished(jid)));
  }

  /** A jid that is not like Sidekiq's is unknown, unless something is remembered of it. */
  status(jid: string): Promise<JobStatus> {
    return this.#steps.read(() => {
      const status = this.#jobs.status(jid);
      const finished = this.#finished.find(jid);
      const isKnown =
        status !== "finished" ||
        isUsualJid(jid) ||
        this.#jobs.ends.remembers(jid) ||
        this.notes.has(jid) ||
        finished !== undefined;
      return isKnown ? status : "unknown";
    });
  }

  async close(): Promise<void> {
    await this.#telling.close();
    this.#steps.close();
  }
}

/** What went wrong with one slice, and which jobs were accepted before. */
function withAccepted(error: unknown, accepted: readonly Entry[]): unknown {
  return error instanceof AdapterError
    ? new AdapterError(error.message, { cause: error, accepted: accepted.map(({ jid }) => jid) })
    : error;
}
