import type { WorkerState } from "../../adapters/job-store.ts";

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
