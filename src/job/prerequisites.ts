import { MandateError } from "../support/errors.ts";
import type { PreparedJob } from "./prepared-job.ts";

/** A job was run at once, though another that it waits for is not finished. */
export class PrereqJobNotFinishedError extends MandateError {
  static {
    this.named("PrereqJobNotFinishedError");
  }

  readonly code = "MANDATE_PREREQ_JOB_NOT_FINISHED";
  readonly jid: string;

  constructor(jid: string) {
    super(`Unfinished job: ${jid}`);
    this.jid = jid;
  }
}

/**
 * Jobs that are enqueued together may wait for one another, as long as they do not wait in a circle.
 *
 * @throws {TypeError} if one waits for a job that nobody has enqueued, or for itself by whatever way.
 */
export function checkPrerequisites(jobs: readonly PreparedJob[]): void {
  if (jobs.every((job) => job.prereqs.length === 0)) {
    return;
  }
  const together = new Map(jobs.map((job) => [job.id, job]));
  for (const job of jobs) {
    for (const prereq of job.prereqHandles) {
      if (!prereq.isAccepted && !together.has(prereq.id)) {
        throw new TypeError(
          `Cannot defer ${job.className} behind ${prereq.className} ${prereq.id}: ` +
            "that job was prepared, but never enqueued. Enqueue it first, or both in one deferAll",
        );
      }
    }
  }
  const visited = new Set<string>();
  for (const job of jobs) {
    findCircle(job, { together, visited, path: [] });
  }
}

interface Search {
  readonly together: ReadonlyMap<string, PreparedJob>;
  readonly visited: Set<string>;
  readonly path: string[];
}

function findCircle(job: PreparedJob, search: Search): void {
  if (search.path.includes(job.id)) {
    const circle = [...search.path.slice(search.path.indexOf(job.id)), job.id].join(" behind ");
    throw new TypeError(
      `Cannot defer jobs that wait in a circle: ${circle}. Leave one prerequisite out`,
    );
  }
  if (search.visited.has(job.id)) {
    return;
  }
  search.visited.add(job.id);
  search.path.push(job.id);
  for (const jid of job.prereqs) {
    const next = search.together.get(jid);
    if (next !== undefined) {
      findCircle(next, search);
    }
  }
  search.path.pop();
}
