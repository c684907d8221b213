import { AssertionError } from "node:assert";
import type { JobHandle } from "../job/handle/job-handle.ts";
import type { JobFilter } from "./job-filter.ts";
import type { JobPattern } from "./expected-job.ts";
import type { RecordedJob } from "./recorded-job.ts";
import { shownJobs } from "./shown-job.ts";

/** What an assertion found. */
export interface Verdict {
  readonly pass: boolean;
  /** Says what was expected and what was found, whichever of both was hoped for. */
  readonly message: string;
  readonly expected: unknown;
  readonly actual: unknown;
  /** The job that was looked for. */
  readonly job?: JobHandle | undefined;
}

type Deed = "enqueued" | "performed";

/** Whether one of these jobs meets the expectation. */
export async function verdictOnJob(
  pattern: JobPattern,
  jobs: readonly RecordedJob[],
  deed: Deed,
): Promise<Verdict> {
  const matching: RecordedJob[] = [];
  for (const recorded of jobs) {
    if (await pattern.matches(recorded.handle)) matching.push(recorded);
  }
  const [found] = matching;
  if (found !== undefined) {
    const message = `Expected ${pattern.toString()} not to be ${deed}, found:\n${shownJobs(matching)}`;
    return { pass: true, message, expected: undefined, actual: undefined, job: found.handle };
  }
  const nearest = await sortedByNearness(pattern, jobs);
  const instead =
    jobs.length === 0
      ? "found no job"
      : `found ${jobs.length > 1 ? "others, the nearest first" : "another"}:\n${shownJobs(nearest)}`;
  return {
    pass: false,
    message: `Expected ${pattern.toString()} to be ${deed}, ${instead}`,
    expected: pattern.shown,
    actual: nearest[0] && pattern.shownActual(nearest[0].handle),
  };
}

/** Whether there are so many jobs among these that the filter accepts. */
export function verdictOnCount(
  count: number,
  { jobs, filter, deed }: { jobs: readonly RecordedJob[]; filter: JobFilter; deed: Deed },
): Verdict {
  const found = jobs.filter(({ handle }) => filter.accepts(handle));
  const others = jobs.filter((recorded) => !found.includes(recorded));
  const pass = found.length === count;
  const wanted = `${count === 0 ? "no" : count} ${count === 1 ? "job" : "jobs"}${filter.toString()}`;
  const listed = found.length === 0 ? " none" : ` ${found.length}:\n${shownJobs(found)}`;
  const rest = others.length === 0 ? "" : `\nOther jobs were ${deed}:\n${shownJobs(others)}`;
  const message = pass
    ? `Expected any other number of jobs${filter.toString()} than ${count} to be ${deed}, found${listed}`
    : `Expected ${wanted} to be ${deed}, found${listed}${rest}`;
  return { pass, message, expected: count, actual: found.length };
}

/** @throws {AssertionError} if what was looked for was not found. */
export function assertPasses({ pass, message, expected, actual }: Verdict, operator: string): void {
  if (!pass) throw new AssertionError({ message, expected, actual, operator });
}

async function sortedByNearness(
  pattern: JobPattern,
  jobs: readonly RecordedJob[],
): Promise<RecordedJob[]> {
  const rated = await Promise.all(
    jobs.map(async (job) => ({ job, nearness: await pattern.nearness(job.handle) })),
  );
  return rated.sort((one, other) => other.nearness - one.nearness).map(({ job }) => job);
}
