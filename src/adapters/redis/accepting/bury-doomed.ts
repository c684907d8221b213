import type { RedisContext } from "../redis-context.ts";
import { buryBehind } from "../waiting/blocked.ts";
import type { DoomedBehind } from "./enqueue-scripts.ts";

/** Buries jobs of which a prerequisite had failed before they came. */
export async function buryDoomed(
  context: RedisContext,
  doomed: readonly DoomedBehind[],
): Promise<void> {
  const byEntry = new Map<string, DoomedBehind[]>();
  for (const job of doomed) {
    const jobs = byEntry.get(job.entry) ?? [];
    jobs.push(job);
    byEntry.set(job.entry, jobs);
  }
  for (const [entry, jobs] of byEntry) {
    await buryBehind(context, entry, jobs);
  }
}
