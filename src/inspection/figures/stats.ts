import type { Adapter } from "../../adapters/adapter.ts";
import type { SetName, WorkerState } from "../../adapters/job-store.ts";
import { settings } from "../../job/settings/settings.ts";
import { fetchedAhead, heldJobs } from "../lists/held-jobs.ts";
import { queue, queues } from "../lists/queue.ts";
import { limitedJobs } from "../lists/queue-jobs.ts";
import { limitStats, type LimitStats } from "./limits.ts";
import type { RunningEntry } from "../entries/running-entry.ts";

/** Counts at one moment, or nearly: they are read one after the other. */
export interface Stats {
  /** Runs that ended, for all time. */
  readonly processed: number;
  /** Runs that failed, for all time. */
  readonly failed: number;
  /** Jobs in queues, but for those over a limit. */
  readonly enqueued: number;
  /** Jobs that wait for a time. */
  readonly scheduled: number;
  /** Jobs that failed and will run again. */
  readonly retry: number;
  /** Jobs that wait for a person. */
  readonly dead: number;
  /** Jobs that wait for other jobs, or are over a limit. */
  readonly blocked: number;
  /** Jobs that are over and are kept, where `keepFinished` says so; `processed` counts all. */
  readonly finished: number;
  /** Jobs that run, in Ruby's processes too: no more than there are slots. */
  readonly running: number;
  /**
   * Jobs that workers hold and have no free slot for. They start before those in queues, and come
   * back to them where they do not.
   */
  readonly fetchedAhead: number;
  /** Worker processes, Ruby's too. */
  readonly processes: number;
  /** Seconds for which the next job of the default queue has waited. */
  readonly defaultQueueLatency: number;
  /** Jobs by queue, those over a limit included. */
  readonly queues: Readonly<Record<string, number>>;
  /** The limits for which jobs wait, the one with the longest line first. */
  readonly limits: readonly LimitStats[];
}

/**
 * How much there is of everything.
 *
 * @param adapter @default the one of `configure`
 */
export async function stats(adapter: Adapter = settings().adapter): Promise<Stats> {
  const { store } = adapter;
  const size = (set: SetName): Promise<number> => store.size({ set });
  const sizes: [string, number][] = [];
  for (const each of await queues(adapter)) {
    sizes.push([each.name, await each.size()]);
  }
  const [held, workers, foreign] = await Promise.all([
    store.running(),
    store.workers(),
    store.foreignProcesses(),
  ]);
  const ahead = fetchedAhead(held, workers).size;
  const parked = await Promise.all((await limitedJobs(adapter)).map((list) => list.size()));
  const limited = sum(parked);
  return {
    ...(await store.counters()),
    enqueued: sum(sizes.map(([, count]) => count)) - limited,
    scheduled: await size("scheduled"),
    retry: await size("retry"),
    dead: await size("dead"),
    blocked: (await size("blocked")) + limited,
    finished: await size("finished"),
    running: held.length - ahead + foreign.flatMap((each) => each.running).length,
    fetchedAhead: ahead,
    processes: workers.length + foreign.length,
    defaultQueueLatency: await queue(settings().defaultQueue, adapter).latency(),
    queues: Object.fromEntries(sizes),
    limits: await limitStats(adapter),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/**
 * The worker processes that are alive, and those of a Sidekiq that shares the Redis.
 *
 * @param adapter @default the one of `configure`
 */
export async function processes(
  { store }: Adapter = settings().adapter,
): Promise<readonly WorkerState[]> {
  const [ours, foreign] = await Promise.all([store.workers(), store.foreignProcesses()]);
  return [...ours, ...foreign.map(({ process }) => process)];
}

/**
 * The jobs that run, and those that a Sidekiq which shares the Redis says it runs: it tells with
 * its heartbeats, each ten seconds. What was fetched ahead is found by
 * `jobs({}, { places: ["running"] })`.
 *
 * @param adapter @default the one of `configure`
 */
export async function running(
  adapter: Adapter = settings().adapter,
): Promise<readonly RunningEntry[]> {
  return (await heldJobs(adapter)).filter((entry) => !entry.fetchedAhead);
}

/**
 * Cancels a job, wherever it is: one that waits is deleted, one that runs gets its signal, and does
 * not run again.
 *
 * @param jid Its id, as `defer` returned it.
 * @param adapter @default the one of `configure`
 * @returns `false` if it is dead, finished, or unknown.
 */
export function cancelJob(jid: string, adapter: Adapter = settings().adapter): Promise<boolean> {
  return adapter.store.cancel(jid);
}

/**
 * Asks a worker process, ours or Ruby's, to fetch no more jobs and let running ones end. It hears
 * of it within seconds.
 *
 * @param identity As in `processes()`.
 * @param adapter @default the one of `configure`
 * @returns `false` if there is no such process, or none that takes signals (`embedded`).
 */
export function quietProcess(
  identity: string,
  adapter: Adapter = settings().adapter,
): Promise<boolean> {
  return adapter.store.signal(identity, "TSTP");
}

/**
 * Asks a worker process, ours or Ruby's, to stop. It hears of it within seconds.
 *
 * @param identity As in `processes()`.
 * @param adapter @default the one of `configure`
 * @returns `false` if there is no such process, or none that takes signals (`embedded`).
 */
export function stopProcess(
  identity: string,
  adapter: Adapter = settings().adapter,
): Promise<boolean> {
  return adapter.store.signal(identity, "TERM");
}
