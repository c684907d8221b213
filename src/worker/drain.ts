import type { JobStore, SetName } from "../adapters/job-store.ts";
import { hasStar, servedQueues } from "../adapters/served-queues.ts";
import { checkOptionNames } from "../job/checks/checks.ts";
import { clock } from "../support/clock.ts";
import { seconds, type Duration } from "../support/duration.ts";
import type { Parts } from "./parts.ts";
import { within } from "./within.ts";

/** What `drain` waits for. */
export interface DrainOptions {
  /**
   * How long after the call a job may be due to be waited for, in **seconds** or as a string such
   * as `"5 minutes"`. One that is due later stays scheduled, or in retry, and what waits for it
   * stays blocked. `0` waits for nothing that is not due yet; `Infinity` waits however long it
   * takes.
   *
   * @default Infinity
   */
  readonly dueWithin?: Duration | undefined;
}

/** The options as checked: seconds. */
export interface DrainSettings {
  readonly dueWithin: number;
}

/**
 * @throws {UnknownOptionError} if there is no such option.
 * @throws {InvalidDurationError} if `dueWithin` is none.
 */
export function drainSettings(options: DrainOptions): DrainSettings {
  checkOptionNames(options, ["dueWithin"], "drain()");
  const { dueWithin = Infinity } = options;
  return {
    dueWithin: dueWithin === Infinity ? Infinity : seconds(dueWithin, "dueWithin of drain()"),
  };
}

type DrainedParts = Pick<Parts, "adapter" | "fetcher" | "outage" | "logger">;

/** Which queues count, as a worker lists them; `undefined` for every one there is. */
type Served = readonly string[] | undefined;

/** Jobs that are waited for, by where they are. */
interface Waiting {
  readonly enqueued: boolean;
  readonly scheduled: number;
  readonly retrying: number;
  readonly blocked: number;
  /** Anywhere. */
  readonly running: number;
  /** When the first of them is due, epoch seconds. */
  readonly nextAt: number | undefined;
}

/**
 * Seconds between looks while others run jobs, or jobs are due later: nobody reports a deleted one.
 */
const LOOK_AGAIN_IN = 1;
/**
 * Seconds without a job to run after which it says what it waits for, unless it knows that for so
 * long there is none.
 */
const PATIENCE = 5;
/** Seconds by which a later time is worth another line. */
const WORTH_SAYING = 60;

/** Waits until no job waits that a worker has to wait for. */
export class Drain {
  readonly #parts: DrainedParts;
  readonly #served: Served;
  readonly #settings: DrainSettings;
  /** Epoch seconds, by the store's clock. */
  #until: number | undefined;
  #idleSince: number | undefined;
  #saidUntil: number | undefined;

  constructor(parts: DrainedParts, served: Served, settings: DrainSettings) {
    this.#parts = parts;
    this.#served = served;
    this.#settings = settings;
  }

  /** Resolves once no such job waits any more, or the worker fetches no more. */
  async over(): Promise<void> {
    const { fetcher, outage } = this.#parts;
    while (fetcher.fetching) {
      const before = fetcher.exchanges;
      const exchanged = fetcher.exchanged();
      try {
        const nothingWaits = await this.#nothingWaits();
        if (nothingWaits && fetcher.idle && fetcher.exchanges === before) {
          return;
        }
        outage.over("drain");
      } catch (error) {
        outage.failed("drain", error);
      }
      await within(LOOK_AGAIN_IN, exchanged);
    }
  }

  /**
   * A job that another worker moves meanwhile can be missed where it was and where it is. So the
   * store is asked twice before the answer is yes.
   */
  async #nothingWaits(): Promise<boolean> {
    const { adapter, fetcher } = this.#parts;
    this.#until ??= (await adapter.store.now()) + this.#settings.dueWithin;
    if (!fetcher.idle) {
      this.#idleSince = undefined;
      return false;
    }
    const waiting = (await this.#look(this.#until)) ?? (await this.#look(this.#until));
    if (waiting !== undefined) {
      this.#say(waiting);
    }
    return waiting === undefined;
  }

  /**
   * Jobs of its queues, unless paused, or scheduled, in retry, blocked, or running anywhere;
   * `undefined` if there are none.
   */
  async #look(until: number): Promise<Waiting | undefined> {
    const { adapter } = this.#parts;
    const { store } = adapter;
    if (await anyEnqueued(store, this.#served)) {
      return {
        enqueued: true,
        scheduled: 0,
        retrying: 0,
        blocked: 0,
        running: 0,
        nextAt: undefined,
      };
    }
    const scheduled = await dueUntil(store, "scheduled", until);
    const retrying = await dueUntil(store, "retry", until);
    let blocked = await store.size({ set: "blocked" });
    const running = (await store.running()).length;
    if (scheduled.count + retrying.count + running === 0) {
      if (blocked > 0 && until < Infinity && (await adapter.releaseBlocked()) === 0) {
        // What they wait for is left, and so are they.
        blocked = 0;
      }
      if (blocked === 0) {
        return undefined;
      }
    }
    const nextAt = Math.min(scheduled.firstAt, retrying.firstAt);
    return {
      enqueued: false,
      scheduled: scheduled.count,
      retrying: retrying.count,
      blocked,
      running,
      nextAt: nextAt === Infinity ? undefined : nextAt,
    };
  }

  /** Nobody shall wonder why nothing happens. */
  #say({ enqueued, nextAt, ...counts }: Waiting): void {
    const now = clock.monotonic();
    this.#idleSince ??= now;
    const waits = nextAt === undefined ? now - this.#idleSince : nextAt - clock.now();
    const said = this.#saidUntil;
    const isNew = said === undefined || (nextAt !== undefined && nextAt > said + WORTH_SAYING);
    if (enqueued || waits < PATIENCE || !isNew) {
      return;
    }
    this.#saidUntil = nextAt ?? clock.now();
    this.#parts.logger.info(
      nextAt === undefined ? counts : { ...counts, nextAt },
      `Draining waits for jobs: ${shown(counts)}${
        nextAt === undefined
          ? ""
          : `; the next is due at ${time(nextAt)}. drain({ dueWithin: "1 minute" }) leaves what is due later`
      }`,
    );
  }
}

function shown(counts: Omit<Waiting, "enqueued" | "nextAt">): string {
  const shownOf = Object.entries(counts).filter(([, count]) => count > 0);
  return shownOf.map(([place, count]) => `${count} ${place}`).join(", ");
}

/** JavaScript's dates end in the year 275,760, and records of others may not. */
function time(at: number): string {
  const date = new Date(at * 1000);
  return Number.isNaN(date.getTime()) ? "no time that there is" : date.toISOString();
}

/**
 * How many jobs of a set are due until then, as far as that matters: all, or none. And when the
 * first is.
 */
async function dueUntil(
  store: JobStore,
  set: SetName,
  until: number,
): Promise<{ readonly count: number; readonly firstAt: number }> {
  const count = await store.size({ set });
  const { jobs } = count === 0 ? { jobs: [] } : await store.page({ set }, undefined, 1);
  const firstAt = jobs[0]?.at ?? Infinity;
  return firstAt > until ? { count: 0, firstAt: Infinity } : { count, firstAt };
}

async function anyEnqueued(store: JobStore, served: Served): Promise<boolean> {
  const paused = await store.pausedQueues();
  const all = served === undefined || served.some(hasStar) ? await store.queueNames() : [];
  for (const queue of served === undefined ? all : servedQueues(served, all)) {
    if (!paused.includes(queue) && (await store.size({ queue })) > 0) {
      return true;
    }
  }
  return false;
}
