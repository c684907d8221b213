import type { JobStore } from "../adapters/job-store.ts";
import type { Parts } from "./parts.ts";
import { within } from "./shutdown.ts";

/** Which queues count; `undefined` for every one there is. */
type Served = readonly string[] | undefined;

/** Seconds between looks while others run jobs, or jobs are due later: nobody reports a deleted one. */
const LOOK_AGAIN_IN = 1;

/** Resolves once no job waits any more, or the worker fetches no more. */
export async function untilDrained(
  { adapter, fetcher, outage }: Pick<Parts, "adapter" | "fetcher" | "outage">,
  served: Served,
): Promise<void> {
  while (fetcher.fetching) {
    const before = fetcher.exchanges;
    const exchanged = fetcher.exchanged();
    try {
      const nothingWaits = fetcher.idle && !(await anyWaiting(adapter.store, served));
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
 * Whether jobs wait that a worker of these queues has to wait for: in its queues, unless paused, or
 * scheduled, in retry, blocked, or running anywhere.
 *
 * A job that another worker moves meanwhile can be missed where it was and where it is. So the store is
 * asked twice before the answer is no.
 */
async function anyWaiting(store: JobStore, served: Served): Promise<boolean> {
  return (await anyThere(store, served)) || (await anyThere(store, served));
}

async function anyThere(store: JobStore, served: Served): Promise<boolean> {
  for (const set of ["scheduled", "retry", "blocked"] as const) {
    if ((await store.size({ set })) > 0) {
      return true;
    }
  }
  return (await anyEnqueued(store, served)) || (await store.running()).length > 0;
}

async function anyEnqueued(store: JobStore, served: Served): Promise<boolean> {
  const paused = await store.pausedQueues();
  for (const queue of served ?? (await store.queueNames())) {
    if (!paused.includes(queue) && (await store.size({ queue })) > 0) {
      return true;
    }
  }
  return false;
}
