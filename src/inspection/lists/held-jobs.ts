import type { Adapter } from "../../adapters/adapter.ts";
import type { RunningJob, WorkerState } from "../../adapters/job-store.ts";
import { progressIn } from "../../job/handle/progress.ts";
import { RunningEntry } from "../entries/running-entry.ts";

/**
 * The jobs that workers hold, whether they run or were fetched ahead, and those that Ruby's
 * processes say they run.
 */
export async function heldJobs(adapter: Adapter): Promise<readonly RunningEntry[]> {
  const { store, notes } = adapter;
  const [held, workers, foreign] = await Promise.all([
    store.running(),
    store.workers(),
    store.foreignProcesses(),
  ]);
  const ahead = fetchedAhead(held, workers);
  const entries = [
    ...held.map((job) => new RunningEntry(job, { fetchedAhead: ahead.has(job) })),
    ...foreign
      .flatMap(({ running }) => running)
      .map((job) => new RunningEntry(job, { library: "sidekiq" })),
  ];
  const noted = await notes.readProgress(entries.map(({ id = "" }) => id));
  entries.forEach((entry, index) => entry.saidLast(progressIn(noted[index])));
  return entries;
}

/**
 * Those of a worker's jobs that do not run yet: it starts them in the order in which they were
 * handed out, and has so many slots. What a dead worker holds is nobody's next.
 */
export function fetchedAhead(
  held: readonly RunningJob[],
  workers: readonly WorkerState[],
): ReadonlySet<RunningJob> {
  const slots = new Map(workers.map(({ identity, concurrency }) => [identity, concurrency]));
  return new Set(
    held.filter(({ identity }) => {
      const free = slots.get(identity) ?? Infinity;
      slots.set(identity, free - 1);
      return free <= 0;
    }),
  );
}
