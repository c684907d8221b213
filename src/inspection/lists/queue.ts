import type { Adapter } from "../../adapters/adapter.ts";
import { settings } from "../../job/settings/settings.ts";
import { JobList } from "./job-list.ts";
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
   * does not say since when.
   */
  async latency(): Promise<number> {
    const { store } = this.adapter;
    const [{ jobs }, now] = await Promise.all([
      store.page({ queue: this.name }, undefined, 1),
      store.now(),
    ]);
    const next = jobs[0] && new RecordView(jobs[0].payload);
    const since = next?.enqueuedAt ?? next?.createdAt;
    return since === undefined ? 0 : Math.max(0, now - since.getTime() / 1000);
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
