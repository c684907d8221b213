import type { Adapter } from "../adapters/adapter.ts";
import type { JobStatus } from "../adapters/job-store.ts";
import type { PreparedJob } from "../job/defer/prepared-job.ts";

/** Jobs of a batch of which one waits for another, and which for which. */
export interface BatchGraph {
  /** In the order in which they were added. */
  readonly jobs: readonly GraphJob[];
}

/** A job in a graph. */
export interface GraphJob {
  /** The job's id. */
  readonly id: string;
  /** The command's name, or the name of a `Job` class. */
  readonly className: string;
  /** Where it is now; what its store no longer knows is `"finished"`. */
  readonly status: JobStatus;
  /** Ids of the jobs that it waits for, or has waited for. */
  readonly prereqJobs: readonly string[];
}

/** As it is kept: the id, the class, and what it waits for. */
type Line = readonly [id: string, className: string, ...prereqs: string[]];

/** How many jobs the store is asked for at once. */
const SLICE = 100;

/** What is kept of jobs that are enqueued together; `undefined` where none waits for another. */
export function graphText(jobs: readonly PreparedJob[]): string | undefined {
  const lines = new Map<string, Line>();
  for (const job of jobs) {
    for (const { id, className } of job.prereqs.length > 0 ? job.prereqHandles : []) {
      if (!lines.has(id)) lines.set(id, [id, className]);
    }
    if (job.prereqs.length > 0) lines.set(job.id, [job.id, job.className, ...job.prereqs]);
  }
  return lines.size === 0 ? undefined : JSON.stringify([...lines.values()]);
}

export async function readGraph(
  texts: readonly string[],
  adapter: Pick<Adapter, "status">,
): Promise<BatchGraph> {
  const lines = new Map<string, Line>();
  for (const line of texts.flatMap((text) => JSON.parse(text) as Line[])) {
    const known = lines.get(line[0]);
    if (known === undefined || line.length > known.length) lines.set(line[0], line);
  }
  for (const [, , ...prereqs] of lines.values()) {
    for (const id of prereqs) if (!lines.has(id)) lines.set(id, [id, "?"]);
  }
  const all = [...lines.values()];
  const jobs: GraphJob[] = [];
  for (let from = 0; from < all.length; from += SLICE) {
    const slice = all.slice(from, from + SLICE);
    const statuses = await Promise.all(slice.map(([id]) => adapter.status(id)));
    slice.forEach(([id, className, ...prereqJobs], index) =>
      jobs.push({ id, className, status: statuses[index] ?? "finished", prereqJobs }),
    );
  }
  return { jobs };
}
