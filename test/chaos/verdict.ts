import type { Sent } from "./load.ts";
import type { Story } from "./ledger.ts";

export interface Evidence {
  readonly sent: readonly Sent[];
  /** Numbers whose enqueueing failed: they may be there or not. */
  readonly uncertain: ReadonlySet<number>;
  readonly stories: ReadonlyMap<number, Story>;
  /** Number → how often it was with a worker when that was killed, or stopped for too long. */
  readonly inFlight: ReadonlyMap<number, number>;
  /** Number → error class. */
  readonly dead: ReadonlyMap<number, string>;
}

export interface Verdict {
  readonly lost: number;
  /** Effects beyond the first of each job. */
  readonly duplicates: number;
  readonly buried: number;
  readonly problems: readonly string[];
}

/** Judges each job by what it did, and what was done to its workers. */
export function judge(evidence: Evidence): Verdict {
  const problems: string[] = [];
  let lost = 0;
  let duplicates = 0;
  for (const job of evidence.sent) {
    const { number } = job;
    const effects = evidence.stories.get(number)?.effects ?? 0;
    if (effects === 0 && !isExcused(number, evidence)) {
      lost += 1;
      problems.push(`job ${number} (${job.kind}, ${job.jid}) is lost`);
    }
    duplicates += Math.max(0, effects - 1);
    problems.push(...faultsOf(job, evidence));
  }
  return { lost, duplicates, buried: evidence.dead.size, problems };
}

/** Nobody knows whether it was accepted, or it was with three workers that were killed and is buried for it. */
function isExcused(number: number, { uncertain, dead, inFlight }: Evidence): boolean {
  const isBuried = dead.get(number) === "JobLostError" && (inFlight.get(number) ?? 0) >= 3;
  return uncertain.has(number) || isBuried;
}

function faultsOf({ number, kind, prereqs }: Sent, evidence: Evidence): string[] {
  const { stories, inFlight, uncertain } = evidence;
  const story = stories.get(number);
  if (story === undefined) {
    return [];
  }
  const faults: string[] = [];
  const allowed = 1 + (inFlight.get(number) ?? 0);
  const { begun, failed, requeued, effects } = story;
  if (effects > allowed || begun > allowed + failed + requeued) {
    faults.push(
      `job ${number} (${kind}) had ${effects} effects in ${begun} runs, of which ${failed} failed and ${requeued} ` +
        `were requeued, although it was in flight at ${allowed - 1} kills`,
    );
  }
  for (const prereq of prereqs.filter((one) => !uncertain.has(one) && !evidence.dead.has(one))) {
    if (!((stories.get(prereq)?.firstEffect ?? Infinity) <= story.firstBegun)) {
      faults.push(`job ${number} did not wait for job ${prereq}`);
    }
  }
  return faults;
}
