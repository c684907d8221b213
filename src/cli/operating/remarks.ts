import type { WorkerState } from "../../adapters/job-store.ts";
import type { QueueStats } from "../../inspection/figures/queue-stats.ts";
import type { QueueLimitStats } from "../../inspection/lists/queue-limits.ts";
import { counted } from "../../support/wording.ts";
import { spokenLimit } from "../../job/checks/queue-limit.ts";

/**
 * What there is to say of a process beside its numbers: whose it is unless it is ours, and what is
 * odd about it.
 */
export function remarksOn({ library, tag, embedded, quiet, overdue = 0 }: WorkerState): string {
  return [
    library === "sidekiq" ? "Sidekiq" : "",
    tag,
    embedded === true ? "embedded" : "",
    quiet ? "quiet" : "",
    overdue > 0 ? `${overdue} overdue` : "",
  ]
    .filter((word) => word !== "")
    .join(", ");
}

/** What there is to say of a queue beside its numbers. */
export function remarksOnQueue({ paused, limit, blocked }: QueueStats): string {
  return [
    paused ? "paused" : "",
    limit === undefined ? "" : spokenLimitOf(limit),
    blocked === 0 ? "" : `${counted(blocked)} blocked`,
  ]
    .filter((word) => word !== "")
    .join(", ");
}

function spokenLimitOf({ concurrency: to, rate, running }: QueueLimitStats): string {
  return `${spokenLimit({ to, rate })} (${counted(running)} run)`;
}
