import type { Adapter } from "../../adapters/adapter.ts";
import type { Finding } from "../../adapters/finding.ts";
import type { WorkerState } from "../../adapters/job-store.ts";
import { isListed } from "../../adapters/served-queues.ts";
import { countOf, spoken } from "../../support/wording.ts";
import { queueStats, type QueueStats } from "../figures/queue-stats.ts";
import { processes } from "../figures/stats.ts";
import type { Check } from "./examination.ts";

/** Seconds that a job may wait in a queue. */
const LONG_WAIT = 300;

/** Whether somebody works on what waits, and keeps up. */
export const checkQueues: Check = async ({ adapter }) => {
  const workers = await processes(adapter);
  const found = await queueStats(adapter);
  return found.filter(({ size }) => size > 0).map((each) => findingOf(each, workers));
};

function findingOf(
  { name: queue, size: jobs, latency: seconds, paused }: QueueStats,
  workers: readonly WorkerState[],
): Finding {
  const found = `${countOf(jobs, "job")}, the next waits for ${spoken(seconds)}`;
  const finding = { check: `queue ${queue}`, found, queue, jobs, seconds };
  if (paused) {
    return {
      ...finding,
      level: "warning",
      problem: "queue-paused",
      found: `${countOf(jobs, "job")}, and it is paused`,
      todo: "Resume it when it may go on",
    };
  }
  // Where none of ours works at all that was said once.
  if (workers.some(({ library }) => library === "mandate") && !isServed(queue, workers)) {
    return {
      ...finding,
      level: "wrong",
      problem: "queue-unserved",
      found: `${found}; no worker serves it`,
      todo: "Start a worker that serves it",
    };
  }
  return seconds > LONG_WAIT
    ? {
        ...finding,
        level: "warning",
        problem: "queue-slow",
        todo: "Start more workers, or find what is slow",
      }
    : { ...finding, level: "ok" };
}

function isServed(name: string, workers: readonly WorkerState[]): boolean {
  const serves = ({ queues: served, quiet }: WorkerState): boolean =>
    !quiet &&
    isListed(
      served.map(([queue]) => queue),
      name,
    );
  return workers.some(serves);
}

/** Seconds that a job may wait beyond its time. */
const OVERDUE = 60;

/** Whether somebody moves what is due to its queue. */
export const checkSchedule: Check = async ({ adapter }) => {
  const late = await lateness(adapter);
  const check = "schedule";
  return late > OVERDUE
    ? [
        {
          check,
          level: "wrong",
          problem: "overdue",
          found: `a job has been due for ${spoken(late)}, and nobody moves it to its queue`,
          todo: "Start a worker: any of them does it",
          seconds: late,
        },
      ]
    : [{ check, level: "ok", found: "nothing is overdue" }];
};

/** Seconds for which the first has been due; negative where its time is still to come. */
async function lateness({ store }: Adapter): Promise<number> {
  const due = await Promise.all([
    store.page({ set: "scheduled" }, undefined, 1),
    store.page({ set: "retry" }, undefined, 1),
  ]);
  const now = await store.now();
  return now - Math.min(...due.map(({ jobs }) => jobs[0]?.at ?? Infinity));
}
