import type { Refusal } from "../../src/adapters/enqueue-answer.ts";
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
  /** Jids of those that were not accepted. */
  readonly refused: ReadonlyMap<string, Refusal>;
  /** Jids of those that were handed out only to be discarded. */
  readonly discarded: ReadonlySet<string>;
}

export interface Verdict {
  readonly lost: number;
  /** Effects beyond the first of each job. */
  readonly duplicates: number;
  readonly buried: number;
  readonly refused: number;
  /** Became others while they waited. */
  readonly replaced: number;
  readonly discarded: number;
  readonly problems: readonly string[];
}

/** Judges each job by what it did, and what was done to its workers. */
export function judge(evidence: Evidence): Verdict {
  const problems: string[] = [];
  const replaced = numbersReplaced(evidence);
  let lost = 0;
  let duplicates = 0;
  for (const job of evidence.sent) {
    const { number } = job;
    const effects = evidence.stories.get(number)?.effects ?? 0;
    const why = replaced.has(number) ? "replaced" : whyItDidNotRun(job, evidence);
    if (why !== undefined && effects > (evidence.inFlight.get(number) ?? 0)) {
      problems.push(`job ${number} (${job.kind}, ${job.jid}) was ${why}, and ran`);
    }
    if (effects === 0 && why === undefined && !isExcused(number, evidence)) {
      lost += 1;
      problems.push(`job ${number} (${job.kind}, ${job.jid}) is lost`);
    }
    duplicates += Math.max(0, effects - 1);
    problems.push(...faultsOf(job, evidence));
  }
  return {
    lost,
    duplicates,
    buried: evidence.dead.size,
    refused: evidence.refused.size - replaced.size,
    replaced: replaced.size,
    discarded: evidence.discarded.size,
    problems,
  };
}

function whyItDidNotRun({ jid }: Sent, { refused, discarded }: Evidence): string | undefined {
  if (refused.get(jid)?.how === "refused") {
    return "refused";
  }
  return discarded.has(jid) ? "discarded" : undefined;
}

/** Numbers of those that became others: whoever replaces a job runs under its jid. */
function numbersReplaced({ sent, refused }: Evidence): ReadonlySet<number> {
  const runs = new Map(sent.map(({ jid, number }) => [jid, number]));
  const replaced = new Set<number>();
  // In the order in which the store had them, which is not that of one call's jobs.
  for (const { jid, holder = "", how } of refused.values()) {
    const [before, number] = [runs.get(holder), runs.get(jid)];
    if (how === "replaced" && before !== undefined && number !== undefined) {
      replaced.add(before);
      runs.set(holder, number);
    }
  }
  return replaced;
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
