import type { JobRecord } from "../../adapters/job-record.ts";
import { checkName, describe } from "../../job/checks/checks.ts";
import { shared } from "../../support/shared-state.ts";

/** A job as it is being made, for the `fairness` of its queue. */
export interface QueuedCall {
  /** The command's name, or the name of a `Job` class. */
  readonly className: string;
  /** The arguments as they were given. */
  readonly args: readonly unknown[];
  /** What will be stored, tags and all. */
  readonly record: JobRecord;
}

/**
 * Whose each job of a queue is: `"class"`, or a function that says it. What it returns may be
 * whatever can be deferred; `null` and `undefined`: nobody's.
 */
export type QueueFairness = "class" | ((call: QueuedCall) => unknown);

/** By the queues' names. */
export type FairQueues = Readonly<Record<string, QueueFairness>>;

const configured = shared("queue-fairness", () => ({
  ofQueues: {} as FairQueues,
  onChange: undefined as ((ofQueues: FairQueues) => void) | undefined,
}));

/** Whose the jobs of queues are whose classes do not say. Replaces what was said before. */
export function setQueueFairness(ofQueues: FairQueues): void {
  configured.ofQueues = ofQueues;
  configured.onChange?.(ofQueues);
}

/** Calls with what holds now, and with each that is said later. */
export function followQueueFairness(onChange: (ofQueues: FairQueues) => void): void {
  configured.onChange = onChange;
  onChange(configured.ofQueues);
}

/** @throws {TypeError} if it is none. */
export function checkQueueFairness(fairness: unknown, queue: string): void {
  checkName(queue, "queues of configure", "a queue");
  if (typeof fairness !== "function" && fairness !== "class") {
    throw new TypeError(
      `Cannot use ${describe(fairness)} as fairness of queue "${queue}" of configure: ` +
        'give "class", or a function of the job that says whose it is',
    );
  }
}
