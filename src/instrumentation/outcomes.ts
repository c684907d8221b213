import type { CancelEvent, EndEvent, FailEvent, FinishEvent } from "../job/observe/events.ts";
import { subscribe } from "./subscribe.ts";

/**
 * How a run ended, in one word: a job is done, cancelled, expired, retried, dead, dropped, or comes
 * again without a failure.
 */
export type RunOutcome =
  "done" | "cancel" | "expire" | "retry" | "dead" | "dropped" | "requeue" | "block" | "release";

/** Calls `listener` once for each run that ended. @returns what ends it. */
export function subscribeToOutcomes(
  listener: (
    outcome: RunOutcome,
    event: EndEvent & Partial<FinishEvent | CancelEvent | FailEvent>,
  ) => void,
): () => void {
  return subscribe({
    finish: (event) => listener("done", event),
    cancel: (event) => listener("cancel", event),
    expire: (event) => listener("expire", event),
    fail: (event) => listener(event.outcome, event),
    requeue: (event) => listener("requeue", event),
    block: (event) => listener("block", event),
    release: (event) => listener("release", event),
  });
}

/** Whether a run came to an end of its own: its time says something of its command. */
export function isPerformed(outcome: RunOutcome): boolean {
  return outcome === "done" || isFailed(outcome);
}

/** Whether it counts as a failure. */
export function isFailed(outcome: RunOutcome): boolean {
  return outcome === "retry" || outcome === "dead" || outcome === "dropped";
}
