import type { Adapter } from "../adapters/adapter.ts";
import { channels } from "../job/observe/events.ts";
import { clock } from "../support/clock.ts";
import type { Logger } from "../support/logger.ts";
import { Alarm } from "./alarm.ts";
import { OnDemandTask } from "./on-demand-task.ts";
import type { Outage } from "./outage.ts";
import { Ticker } from "./ticker.ts";

/** How often, in the time after which a lease runs out, a worker looks for leases that did. */
const LOOKS = 4;
/**
 * Seconds from one look to the next at most. So long, at most, a dead worker's jobs wait beyond the
 * end of its lease.
 */
const LONGEST_PAUSE = 5;

/** Seconds by which two looks at the same two clocks differ all the same. */
const CLOCK_NOISE = 0.001;

export interface SchedulerOptions {
  readonly adapter: Adapter;
  /** Seconds. */
  readonly leaseTtl: number;
  readonly outage: Outage;
  readonly logger: Logger;
  /** Queues may have got jobs. */
  readonly onWork: () => void;
}

/**
 * Moves jobs on that wait for a time, for another job, or in the hands of a dead worker.
 *
 * For times it sleeps until the earliest one, by the store's clock. Several workers on one store
 * all do so: the store moves a job once.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #ended = new AbortController();
  readonly #alarm = new Alarm(() => this.#promotion.run());
  readonly #promotion: OnDemandTask;
  readonly #release: OnDemandTask;
  readonly #recovery: OnDemandTask;
  readonly #clockCheck: OnDemandTask;
  readonly #recoveries: Ticker;
  /** The earliest time known of, by the store's clock. */
  #nextAt = Infinity;
  /** Seconds by which the store's clock is ahead of ours; `undefined` until asked for. */
  #ahead: number | undefined;
  /** In a row, promotions that moved nothing although something seemed due. */
  #inVain = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#promotion = this.#task("promotion", () => this.#promote());
    this.#release = this.#task("release", () => this.#releaseBlocked());
    this.#recovery = this.#task("recovery", () => this.#recover());
    this.#clockCheck = this.#task("clock", () => this.#compareClocks());
    const pause = Math.min(options.leaseTtl / LOOKS, LONGEST_PAUSE);
    this.#recoveries = new Ticker(pause, () => this.#recovery.run());
  }

  start(): void {
    this.#recovery.run();
    this.#release.run();
    this.#promotion.run();
    if (this.#options.leaseTtl !== Infinity) {
      this.#recoveries.start();
    }
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#ended.abort();
    this.#recoveries.stop();
    this.#alarm.set(Infinity);
    const tasks = [this.#promotion, this.#release, this.#recovery, this.#clockCheck];
    await Promise.all(tasks.map((task) => task.done()));
  }

  /** A job is due at `at`, by the store's clock. */
  due(at: number): void {
    if (at < this.#nextAt) {
      this.#nextAt = at;
      this.#setAlarm(at);
    }
  }

  /** Blocked jobs wait to be handed on. */
  releasable(): void {
    this.#release.run();
  }

  /** To be called now and then: clocks drift apart, and are set. */
  beat(): void {
    this.#clockCheck.run();
  }

  async #promote(): Promise<void> {
    if (this.#ahead === undefined) {
      await this.#compareClocks();
    }
    const knownAt = this.#nextAt;
    this.#nextAt = Infinity;
    const { promoted, nextAt = Infinity } = await this.#options.adapter.promoteDue();
    const reportedAt = this.#nextAt;
    this.#nextAt = Math.min(nextAt, reportedAt);
    const isDue = this.#nextAt <= this.#storeNow();
    if (promoted > 0) {
      this.#options.onWork();
      const late = this.#storeNow() - knownAt;
      channels.promote.publish({ count: promoted, lateness: late >= 0 ? late : undefined });
    }
    if (isDue && (promoted > 0 || reportedAt < nextAt)) {
      this.#promotion.run();
      return;
    }
    this.#inVain = isDue ? this.#inVain + 1 : 0;
    if (isDue) {
      await this.#compareClocks();
    }
    // Where the store still disagrees on what is due, it is asked less and less often, down to each
    // second.
    const pause = isDue ? Math.min(1, 0.0005 * 2 ** this.#inVain) : 0;
    this.#setAlarm(Math.max(this.#nextAt, this.#storeNow() + pause));
  }

  async #releaseBlocked(): Promise<void> {
    const count = await this.#options.adapter.releaseBlocked(({ id: batch, event: what }) =>
      channels.batch.publish({ batch, what }),
    );
    if (count > 0) {
      channels.unblock.publish({ count });
      this.#options.onWork();
      this.#release.run();
    }
  }

  async #recover(): Promise<void> {
    const { adapter, logger, onWork } = this.#options;
    for (const recovery of await adapter.recover()) {
      const { identity, recovered, buried } = recovery;
      channels.recover.publish(recovery);
      logger.warn(
        { identity, recovered },
        `Took ${recovered === 1 ? "1 job" : `${recovered} jobs`} back from dead worker "${identity}"`,
      );
      for (const jid of buried) {
        logger.error(
          { identity, jid },
          `Buried job ${jid}: worker "${identity}" was the third that died while it had this job`,
        );
      }
      onWork();
    }
  }

  async #compareClocks(): Promise<void> {
    const before = clock.now();
    const there = await this.#options.adapter.store.now();
    const after = clock.now();
    // A difference within the time the answer took is none that could be told.
    const equal = before <= there && there <= after;
    const ahead = equal ? 0 : there - (before + after) / 2;
    if (this.#ahead === undefined || Math.abs(ahead - this.#ahead) > CLOCK_NOISE) {
      this.#ahead = ahead;
      this.#setAlarm(this.#nextAt);
    }
  }

  #storeNow(): number {
    return clock.now() + (this.#ahead ?? 0);
  }

  #setAlarm(at: number): void {
    if (!this.#ended.signal.aborted) {
      this.#alarm.set(at - (this.#ahead ?? 0));
    }
  }

  #task(part: string, task: () => Promise<void>): OnDemandTask {
    return new OnDemandTask(part, {
      outage: this.#options.outage,
      ended: this.#ended.signal,
      task,
    });
  }
}
