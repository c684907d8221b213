import type { WorkerState } from "../../adapters/job-store.ts";
import { isListed } from "../../adapters/served-queues.ts";
import { queues } from "../../inspection/lists/queue.ts";
import { processes } from "../../inspection/figures/stats.ts";
import { counted, countOf, spoken } from "../../support/wording.ts";
import type { Check, Finding } from "./finding.ts";

/** Seconds that a job may wait in a queue, or beyond its time. */
const LONG_WAIT = 300;
const OVERDUE = 60;

/** Whether somebody works on what waits, and keeps up. */
export const checkQueues: Check = async ({ adapter }) => {
  const { store } = adapter;
  const all = await processes(adapter);
  const workers = all.filter(({ library }) => library === "mandate");
  const paused = await store.pausedQueues();
  const findings: Finding[] = [
    workers.length > 0
      ? {
          check: "workers",
          level: "ok",
          found: `${counted(workers.length)} worker process${workers.length === 1 ? "" : "es"}`,
        }
      : {
          check: "workers",
          level: "wrong",
          found: "no worker process is alive",
          todo: "Start one: mandate worker",
        },
  ];
  for (const each of await queues(adapter)) {
    const { name } = each;
    const size = await each.size();
    const latency = await each.latency();
    const check = `queue ${name}`;
    const found = `${countOf(size, "job")}, the next waits for ${spoken(latency)}`;
    if (size === 0) {
      continue;
    }
    if (paused.includes(name)) {
      const todo = `When it may go on: mandate queues resume ${name}`;
      findings.push({
        check,
        level: "warning",
        found: `${countOf(size, "job")}, and it is paused`,
        todo,
      });
      // Where none of ours works at all that was said once.
    } else if (workers.length > 0 && !isServed(name, all)) {
      const todo = `Start a worker with -q ${name}`;
      findings.push({ check, level: "wrong", found: `${found}; no worker serves it`, todo });
    } else if (latency > LONG_WAIT) {
      const todo = "Start more workers, or find what is slow";
      findings.push({ check, level: "warning", found, todo });
    } else {
      findings.push({ check, level: "ok", found });
    }
  }
  const due = await Promise.all([
    store.page({ set: "scheduled" }, undefined, 1),
    store.page({ set: "retry" }, undefined, 1),
  ]);
  const now = await store.now();
  const late = now - Math.min(...due.map(({ jobs }) => jobs[0]?.at ?? Infinity));
  findings.push(
    late > OVERDUE
      ? {
          check: "schedule",
          level: "wrong",
          found: `a job has been due for ${spoken(late)}, and nobody moves it to its queue`,
          todo: "Start a worker: any of them does it",
        }
      : { check: "schedule", level: "ok", found: "nothing is overdue" },
  );
  return findings;
};

function isServed(name: string, workers: readonly WorkerState[]): boolean {
  const serves = ({ queues: served, quiet }: WorkerState): boolean =>
    !quiet &&
    isListed(
      served.map(([queue]) => queue),
      name,
    );
  return workers.some(serves);
}
