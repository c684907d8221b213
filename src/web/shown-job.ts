import { jobJson, type JobJson } from "../inspection/entries/job-json.ts";
import type { FoundJob } from "../inspection/lists/jobs.ts";
import type { JobSelection } from "../inspection/lists/selection.ts";
import type { Redacted } from "./security/redaction.ts";
import type { Visit } from "./request/visit.ts";

/** A job as it may be seen here. */
export interface ShownJob extends Redacted {
  readonly found: FoundJob;
  readonly job: JobJson;
}

export function shownJob(found: FoundJob, { site }: Pick<Visit, "site">): ShownJob {
  return { found, ...site.redaction.job(jobJson(found)) };
}

/**
 * Whether what is looked for is among what may be seen: who searches for a secret shall not learn
 * from the answer whether it is there.
 */
export function isSeen({ job }: ShownJob, selection: JobSelection): boolean {
  const { argument, globalId, mentions } = selection;
  const leaves = [...leavesOf(job.arguments)];
  const holds = (uri: unknown, all: readonly unknown[]): boolean =>
    all.some((leaf) => leaf === String(uri));
  if (
    argument !== undefined &&
    !leaves.some((leaf) =>
      typeof leaf === "string" ? leaf.includes(argument) : String(leaf) === argument,
    )
  ) {
    return false;
  }
  if (globalId !== undefined && !holds(globalId, leaves)) {
    return false;
  }
  return mentions === undefined || holds(mentions, [...leaves, ...leavesOf(job.context)]);
}

function* leavesOf(value: unknown): Generator<unknown> {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) yield* leavesOf(inner);
  } else {
    yield value;
  }
}
