import { checkConfiguredQueues } from "../guards/limits/configured-queues.ts";
import { limitQueues } from "../guards/limits/queue-limits-service.ts";
import {
  checkQueueFairness,
  setQueueFairness,
  type QueueFairness,
} from "../guards/fair/queue-fairness.ts";
import { checkOptionNames } from "../job/checks/checks.ts";
import type { QueueLimit } from "../job/checks/queue-limit.ts";

const OPTIONS = ["concurrency", "rate", "fairness"];

/** What holds for the jobs of one queue. */
export interface QueueConfiguration extends QueueLimit {
  /**
   * Whose each job is, for classes that do not say `fairBy`: `"class"`, or a function of the job.
   * Those of different owners take turns. @default no turns
   */
  readonly fairness?: QueueFairness;
}

/**
 * @returns what puts it into effect.
 * @throws {ConfigurationError | TypeError | RangeError} if a part of it is none.
 */
export function readQueues(
  given: Readonly<Record<string, QueueConfiguration | false>>,
): () => void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    checkConfiguredQueues(given);
  }
  const limits: Record<string, QueueLimit | false> = {};
  const fairness: Record<string, QueueFairness> = {};
  for (const [name, queue] of Object.entries(given)) {
    if (typeof queue === "object" && queue !== null) {
      checkOptionNames(queue, OPTIONS, `queue ${JSON.stringify(name)} of configure`);
    }
    const { fairness: of, ...limit }: QueueConfiguration = queue || {};
    if (of !== undefined) {
      checkQueueFairness(of, name);
      fairness[name] = of;
    }
    if (of === undefined || Object.keys(limit).length > 0) {
      limits[name] = of === undefined ? queue : limit;
    }
  }
  checkConfiguredQueues(limits);
  return () => {
    limitQueues(limits);
    setQueueFairness(fairness);
  };
}
