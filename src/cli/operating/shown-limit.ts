import type { LimitStats } from "../../inspection/figures/limits.ts";
import { spokenLimit } from "../../job/checks/queue-limit.ts";
import { counted } from "../../support/wording.ts";
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
    spokenLimit({ to, rate }),
  ]);
}
