import { Counter, Histogram, type Registry } from "prom-client";
import type { BoundedNames } from "../bounded-names.ts";
import { isPerformed, subscribeToOutcomes } from "../outcomes.ts";
import { subscribe } from "../subscribe.ts";

/** Seconds: from what takes no time to what takes an hour. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600];

/** Counts what happens in this process. @returns what ends it. */
export function countEvents(
  registry: Registry,
  { classes, queues }: { readonly classes: BoundedNames; readonly queues: BoundedNames },
): () => void {
  const registers = [registry];
  const enqueued = new Counter({
    registers,
    name: "mandate_jobs_enqueued_total",
    help: "Jobs that this process enqueued.",
    labelNames: ["command"],
  });
  const duplicate = new Counter({
    registers,
    name: "mandate_jobs_duplicate_total",
    help: "Jobs that this process did not enqueue, since one like them was there.",
    labelNames: ["command"],
  });
  const ended = new Counter({
    registers,
    name: "mandate_runs_total",
    help: "Runs that ended in this process, by outcome.",
    labelNames: ["command", "outcome"],
  });
  const duration = new Histogram({
    registers,
    name: "mandate_run_seconds",
    help: "How long runs took that were done or failed.",
    labelNames: ["command"],
    buckets: BUCKETS,
  });
  const waited = new Histogram({
    registers,
    name: "mandate_wait_seconds",
    help: "How long jobs had waited in their queue when they started.",
    labelNames: ["queue"],
    buckets: BUCKETS,
  });
  const late = new Histogram({
    registers,
    name: "mandate_lateness_seconds",
    help: "How late jobs that were due went to their queues.",
    buckets: [0.001, 0.005, ...BUCKETS.slice(1)],
  });
  const recovered = new Counter({
    registers,
    name: "mandate_jobs_recovered_total",
    help: "Jobs that this process took back from dead workers.",
  });
  const limited = new Counter({
    registers,
    name: "mandate_jobs_limited_total",
    help: "Jobs that this process found to be over a limit, and so blocked.",
    labelNames: ["queue"],
  });
  const unlimited = new Counter({
    registers,
    name: "mandate_jobs_unlimited_total",
    help: "Jobs that this process started which had been blocked by a limit.",
    labelNames: ["queue"],
  });
  const batches = new Counter({
    registers,
    name: "mandate_batches_total",
    help: "What happened to batches, as far as this process made, cancelled or released it.",
    labelNames: ["event"],
  });
  const starts = subscribe({
    enqueue: ({ className }) => enqueued.inc({ command: classes.label(className) }),
    duplicate: ({ className }) => duplicate.inc({ command: classes.label(className) }),
    start: ({ queue, latency }) => {
      if (latency !== undefined) waited.observe({ queue: queues.label(queue) }, latency);
    },
    promote: ({ lateness }) => {
      if (lateness !== undefined) late.observe(lateness);
    },
    limit: ({ queue }) => limited.inc({ queue: queues.label(queue) }),
    unlimit: ({ queue }) => unlimited.inc({ queue: queues.label(queue) }),
    batch: ({ what }) => batches.inc({ event: what }),
    recover: ({ recovered: count }) => recovered.inc(count),
  });
  const ends = subscribeToOutcomes((outcome, { className, seconds }) => {
    const command = classes.label(className);
    ended.inc({ command, outcome });
    if (isPerformed(outcome)) {
      duration.observe({ command }, seconds);
    }
  });
  return () => {
    starts();
    ends();
  };
}
