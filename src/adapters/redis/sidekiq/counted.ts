import type { Outcome } from "../../adapter.ts";

/** Whether Sidekiq counts a run that ended so as processed. */
export function isProcessed({ kind }: Outcome): boolean {
  return kind === "done" || kind === "retry" || kind === "requeue" || kind === "dead";
}

/** Whether Sidekiq counts it as failed besides. */
export function isFailed(outcome: Outcome): boolean {
  const { kind } = outcome;
  return kind === "retry" || kind === "dead" || (kind === "done" && outcome.failed === true);
}
