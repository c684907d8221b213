import { MandateError } from "../../support/errors.ts";
import type { PreparedJob } from "./prepared-job.ts";

/** A job was run at once, though another that it waits for is not finished. */
export class PrereqJobNotFinishedError extends MandateError {
  static {
    this.named("PrereqJobNotFinishedError");
  }

  readonly code = "MANDATE_PREREQ_JOB_NOT_FINISHED";
  /** The job that is not finished. */
  readonly jid: string;

  constructor(jid: string) {
    super(`Unfinished job: ${jid}`);
    this.jid = jid;
  }
}

/**
 * Jobs that are enqueued together may wait for one another, as long as they do not wait in a
 * circle.
 *
 * @returns them with each behind those it waits for, else in their order: a store takes many of
 *   them in slices, and what it does not know yet would count as finished.
 * @throws {TypeError} if one waits for a job that nobody has enqueued, or for itself by whatever
 *   way.
 */
export function inOrder(jobs: readonly PreparedJob[]): readonly PreparedJob[] {
  if (jobs.every(waitsForNone)) {
    return jobs;
  }
  const together = new Map(jobs.map((job) => [job.id, job]));
  jobs.forEach((job) => refuseUnknown(job, together));
  const open = new Map<PreparedJob, number>();
  const dependents = new Map<string, PreparedJob[]>();
  for (const job of new Set(jobs)) {
    const prereqs = job.prereqs.filter((jid) => together.has(jid));
    open.set(job, prereqs.length);
    for (const jid of prereqs) {
      const waiting = dependents.get(jid);
      if (waiting === undefined) {
        dependents.set(jid, [job]);
      } else {
        waiting.push(job);
      }
    }
  }
  const ordered = [...open.keys()].filter((job) => open.get(job) === 0);
  // What is added on the way is visited too.
  for (const { id } of ordered) {
    for (const job of dependents.get(id) ?? []) {
      const left = (open.get(job) ?? 0) - 1;
      open.set(job, left);
      if (left === 0) {
        ordered.push(job);
      }
    }
  }
  if (ordered.length < open.size) {
    ordered.forEach((job) => open.delete(job));
    throw circular(open.keys());
  }
  return ordered;
}

function waitsForNone(job: PreparedJob): boolean {
  return job.prereqs.length === 0;
}

function refuseUnknown(job: PreparedJob, together: ReadonlyMap<string, PreparedJob>): void {
  for (const prereq of job.prereqHandles) {
    if (!prereq.isAccepted && !together.has(prereq.id)) {
      throw new TypeError(
        `Cannot defer ${job.className} behind ${prereq.className} ${prereq.id}: ` +
          "that job was prepared, but never enqueued. Enqueue it first, or both in one deferAll",
      );
    }
  }
}

/** @param left Jobs that all wait for another of them, in a circle or behind one. */
function circular(left: Iterable<PreparedJob>): TypeError {
  const byId = new Map(Array.from(left, (job) => [job.id, job]));
  const path = new Set<string>();
  let [next] = byId.keys();
  while (next !== undefined && !path.has(next)) {
    path.add(next);
    next = byId.get(next)?.prereqs.find((jid) => byId.has(jid));
  }
  const way = [...path, next];
  const circle = way.slice(way.indexOf(next));
  const drawn = drawing(circle.slice(0, -1).map((jid) => byId.get(jid ?? "")));
  return new TypeError(
    `Cannot defer jobs that wait in a circle: ${circle.join(" behind ")}. Leave one prerequisite out\n${drawn}`,
  );
}

/** Each waits for the one below it, and the last for the first. */
function drawing(jobs: readonly (PreparedJob | undefined)[]): string {
  const last = jobs.length - 1;
  return jobs
    .map((job, index) => {
      const line = index === 0 ? "╭─▶" : index === last ? "╰──" : "│  ";
      return `  ${last === 0 ? "↻" : line} ${job?.className} ${job?.id}`;
    })
    .join("\n");
}
