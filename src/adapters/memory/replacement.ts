import type { Entry } from "../entry.ts";
import type { Hold } from "../hold.ts";
import { withJid } from "../presentable.ts";
import type { JobHolds, Wanted } from "./holds/job-holds.ts";
import type { Job } from "./job.ts";
import type { Jobs } from "./jobs.ts";

/** What takes the place of a job that waits. */
export interface Replacement {
  readonly entry: Entry;
  /** Of the key that both want. */
  readonly hold: Hold;
  /** The entry's prerequisites, as they are. */
  readonly prereqs: readonly string[] | undefined;
  readonly wanted: readonly Wanted<Job>[];
  readonly now: number;
}

/** Makes another of a job that waits. @returns `false` where it would wait for itself then. */
export function replace(
  jobs: Jobs,
  { job, holds }: { readonly job: Job; readonly holds: JobHolds<Job> },
  { entry, hold, prereqs, wanted, now }: Replacement,
): boolean {
  if (prereqs !== undefined && waitsFor(jobs, prereqs, job.jid)) {
    return false;
  }
  const { waiting } = holds;
  const isInPlace =
    job.queue === entry.queue &&
    job.priority === (entry.priority ?? 0) &&
    job.fair?.key === entry.fairKey;
  const own = waiting?.next ?? {
    prereqs: job.prereqWait?.prereqs,
    prereqFailure: job.prereqWait?.failure,
  };
  const next = {
    prereqs: own.prereqs && prereqs ? [...own.prereqs, ...prereqs] : (own.prereqs ?? prereqs),
    prereqFailure: entry.prereqFailure ?? own.prereqFailure ?? "release",
  } as const;
  takeOver(jobs, { job, holds }, { entry, hold, wanted, now });
  const isDue = job.at === undefined || job.at <= now;
  if (waiting !== undefined) {
    holds.waiting = { key: waiting.key, next };
  } else if (
    isInPlace &&
    isDue &&
    next.prereqs === undefined &&
    jobs.isIn(job, { queue: job.queue })
  ) {
    jobs.keepPlace(job, now);
  } else {
    jobs.takeOut(job);
    jobs.place(job, next, now);
  }
  return true;
}

function takeOver(
  jobs: Jobs,
  { job, holds }: { readonly job: Job; readonly holds: JobHolds<Job> },
  { entry, hold, wanted, now }: Omit<Replacement, "prereqs">,
): void {
  const at = entry.delay === undefined ? entry.at : now + entry.delay;
  const latest = hold.dueWithin === undefined ? Infinity : holds.since + hold.dueWithin;
  const before = holds.fromFetch;
  holds.fromFetch = wanted.filter((each) => each.hold.from === "fetch");
  for (const { key } of holds.fromFetch) {
    key.named += 1;
  }
  jobs.keeping.unname(before, now);
  holds.expiresAt = entry.expiresAt ?? Infinity;
  job.payload = withJid(entry.payload, job.jid);
  job.at = at === undefined ? undefined : Math.min(at, latest);
  job.recoveries = 0;
  job.queue = entry.queue;
  job.priority = entry.priority ?? 0;
  if (job.fair?.key !== entry.fairKey) {
    job.fairKey = entry.fairKey;
  }
}

/** Whether one of these is that job, or waits for it. */
function waitsFor(jobs: Jobs, jids: readonly string[], jid: string): boolean {
  const seen = new Set(jids);
  for (const each of seen) {
    if (each === jid) {
      return true;
    }
    const job = jobs.known.find(each);
    const prereqs = job?.prereqWait?.prereqs ?? job?.holds?.waiting?.next.prereqs ?? [];
    prereqs.forEach((prereq) => seen.add(prereq));
  }
  return false;
}
