import type { Adapter } from "../../adapters/adapter.ts";
import { JobList } from "./job-list.ts";

/** Jobs of one queue: those that a fetch finds, or those that are over a limit. */
export class QueueJobs extends JobList {
  /** The queue's name, without a prefix. */
  readonly name: string;

  /** @internal @param parked Whether those that wait for a turn, or for a token, or the others. */
  constructor(adapter: Adapter, name: string, parked: boolean) {
    super(adapter, { queue: name, parked });
    this.name = name;
  }
}

/**
 * Of every queue, or of one, the jobs that are over a limit.
 *
 * @returns none where there are no such jobs.
 */
export async function limitedJobs(adapter: Adapter, only?: string): Promise<readonly QueueJobs[]> {
  if (!adapter.capabilities.holds) {
    return [];
  }
  const names = only === undefined ? await adapter.store.queueNames() : [only];
  const lists = names.map((name) => new QueueJobs(adapter, name, true));
  const sizes = await Promise.all(lists.map((list) => list.size()));
  return lists.filter((_, index) => sizes[index] !== 0);
}
