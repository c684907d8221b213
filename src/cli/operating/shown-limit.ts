import type { LimitStats } from "../../inspection/figures/limits.ts";
import type { QueueLimitStats } from "../../inspection/lists/queue-limits.ts";
import type { Rate } from "../../adapters/hold.ts";
import { counted, spoken } from "../../support/wording.ts";
import type { Column } from "../terminal/layout.ts";

/** Of a table of limits that jobs wait for. */
export const LIMIT_COLUMNS: readonly Column[] = [
  { title: "BLOCKED BY" },
  { title: "WAITING", right: true },
  { title: "RUNNING", right: true },
  { title: "MOST" },
];

export function limitCells(limits: readonly LimitStats[]): string[][] {
  return limits.map(({ limit, to, rate, running, waiting }) => [
    limit,
    counted(waiting),
    rate === undefined ? counted(running) : "",
    mostOf(to, rate),
  ]);
}

/** "4 at once, 100 in 1m" */
export function spokenQueueLimit({ concurrency, rate }: Omit<QueueLimitStats, "running">): string {
  return mostOf(concurrency, rate);
}

function mostOf(to: number | undefined, rate: Rate | undefined): string {
  const atOnce = to === undefined ? [] : [`${counted(to)} at once`];
  const inTime = rate === undefined ? [] : [`${counted(rate.to)} in ${spoken(rate.seconds)}`];
  return [...atOnce, ...inTime].join(", ");
}
