import type { WorkerState } from "../../adapters/job-store.ts";
import type { RunningEntry } from "../entries/running-entry.ts";

/** How many jobs a worker runs: its own count is as old as its last heartbeat. */
export function busyOf(
  { identity, concurrency }: WorkerState,
  running: readonly RunningEntry[],
): number {
  const jobs = running.filter((job) => job.identity === identity).length;
  return Math.min(jobs, concurrency);
}
