import type { BatchGraph, GraphJob } from "../../batches/batch-graph.ts";
import { clipped } from "../terminal/layout.ts";

/** More jobs that wait for the same one are only counted. */
const MOST_BESIDE = 20;

/**
 * Draws which job waits for which: what waits stands below what it waits for. One that waits for
 * several is drawn below the first of them, and named below the others.
 */
export function graphLines({ jobs }: BatchGraph, columns: number): string[] {
  const dependents = new Map<string, GraphJob[]>();
  for (const job of jobs) {
    for (const id of job.prereqJobs) {
      const waiting = dependents.get(id);
      if (waiting === undefined) dependents.set(id, [job]);
      else waiting.push(job);
    }
  }
  const lines: string[] = [];
  const draw = (job: GraphJob, before: string, isLast: boolean | undefined): void => {
    const branch = isLast === undefined ? "" : isLast ? "└─ " : "├─ ";
    const under = isLast === undefined ? "" : isLast ? "   " : "│  ";
    const waitsFor = job.prereqJobs.length > 1 ? ` (waits for ${job.prereqJobs.length})` : "";
    lines.push(`${before}${branch}${job.className} ${job.id}  ${job.status}${waitsFor}`);
    const waiting = dependents.get(job.id) ?? [];
    const own = waiting.filter(({ prereqJobs }) => prereqJobs[0] === job.id);
    const shown = own.slice(0, MOST_BESIDE);
    const others = waiting.filter(({ prereqJobs }) => prereqJobs[0] !== job.id);
    const notes = others.slice(0, MOST_BESIDE).map(({ className, id }) => `→ ${className} ${id}`);
    const left = own.length - shown.length + others.length - notes.length;
    if (left > 0) notes.push(`… and ${left} more`);
    notes.forEach((note, index) => {
      const isEnd = shown.length === 0 && index === notes.length - 1;
      lines.push(`${before}${under}${isEnd ? "└─ " : "├─ "}${note}`);
    });
    shown.forEach((each, index) => draw(each, before + under, index === shown.length - 1));
  };
  const roots = jobs.filter(({ prereqJobs }) => prereqJobs.length === 0);
  roots.slice(0, MOST_BESIDE).forEach((job) => draw(job, "", undefined));
  if (roots.length > MOST_BESIDE) lines.push(`… and ${roots.length - MOST_BESIDE} more`);
  return lines.map((line) => clipped(line, columns));
}
