import type { Adapter } from "../../adapters/adapter.ts";
import { queueKey } from "../../adapters/hold.ts";
import { keyLimitOf, type QueueLimit } from "../../job/checks/queue-limit.ts";
import { settings } from "../../job/settings/settings.ts";
import { JobList } from "./job-list.ts";
import { holdsOf, limitOfQueue, type QueueLimitStats } from "./queue-limits.ts";
import { QueueJobs } from "./queue-jobs.ts";
import { RecordView } from "../entries/record-view.ts";

/** One queue. */
export class Queue extends JobList {
  /** The queue's name, without a prefix. */
  readonly name: string;

  /** @internal */
  constructor(adapter: Adapter, name: string) {
    super(adapter, { queue: name });
    this.name = name;
  }

  /**
   * Seconds for which the job that is next has waited in the queue; 0 if there is none, or if it
   * does not say since when. Those over a limit do not count: more workers would not start them.
   */
  async latency(): Promise<number> {
    const { store } = this.adapter;
    const [{ jobs }, now] = await Promise.all([
      store.page({ queue: this.name, parked: false }, undefined, 1),
      store.now(),
    ]);
    const next = jobs[0] && new RecordView(jobs[0].payload);
    const since = next?.enqueuedAt ?? next?.createdAt;
    return since === undefined ? 0 : Math.max(0, now - since.getTime() / 1000);
  }

  /** Those of its jobs that are over a limit, first in first out within their key. */
  limited(): QueueJobs {
    return new QueueJobs(this.adapter, this.name, true);
  }

  /**
   * Keeps workers from fetching from it until `resume`. Jobs may still be enqueued. Open source
   * Sidekiq knows no pauses: its processes, where some share the Redis, go on with that queue.
   */
  pause(): Promise<void> {
    return this.adapter.store.pause(this.name);
  }

  /** Ends a pause. */
  resume(): Promise<void> {
    return this.adapter.store.resume(this.name);
  }

  /**
   * Limits how many of its jobs run at once, how many start in which time, or both, from now on;
   * what waits already obeys, and all that was said before is forgotten. It holds over restarts and
   * deploys, until it is called again, or a deploy changes what `queues` of `configure` says of
   * this queue. Ruby's jobs in the queue obey, Ruby's workers do not.
   *
   * @param limit `false` for no limit.
   * @throws {TypeError | RangeError} if it says nothing, or a number is out of range.
   * @throws {UnknownOptionError} if there is no such option.
   * @throws {InvalidDurationError} if `per` is none.
   * @throws {ConfigurationError} if the store knows no limits.
   *
   * @example
   * ```ts
   * import { queue } from "mandate";
   *
   * await queue("external").limit({ concurrency: 4, rate: { to: 100, per: "1 minute" } });
   * ```
   */
  async limit(limit: QueueLimit | false): Promise<void> {
    const where = `the limit of queue ${JSON.stringify(this.name)}`;
    const told = keyLimitOf(limit, where);
    await holdsOf(this.adapter, `queue ${JSON.stringify(this.name)}`).limit(
      queueKey(this.name),
      told,
    );
  }

  /** Its limit, and how many of its jobs run; `undefined` where it has none. */
  limitation(): Promise<QueueLimitStats | undefined> {
    return limitOfQueue(this.adapter, this.name);
  }

  /** Whether it is paused. */
  async isPaused(): Promise<boolean> {
    return (await this.adapter.store.pausedQueues()).includes(this.name);
  }
}

/**
 * A queue by its name, whether it has jobs or not.
 *
 * @param adapter @default the one of `configure`
 *
 * @example
 * ```ts
 * import { queue } from "mandate";
 *
 * console.log(await queue("mailers").size(), await queue("mailers").latency());
 * for await (const job of queue("mailers").each()) {
 *   console.log(job.className, job.arguments);
 * }
 * ```
 */
export function queue(name: string, adapter: Adapter = settings().adapter): Queue {
  return new Queue(adapter, name);
}

/** Every queue that had a job since it was last cleared, sorted by name. */
export async function queues(adapter: Adapter = settings().adapter): Promise<Queue[]> {
  const names = await adapter.store.queueNames();
  return names.map((name) => new Queue(adapter, name));
}
