import type { FetchedJob, Outcome } from "../../adapter.ts";
import type { Finished } from "../kept/finished.ts";
import { LeaseJob } from "./lease-job.ts";
import type { LeaseJobs } from "./lease-jobs.ts";

/** An outcome of a job that the lease has. */
export type Settlement = Outcome & { readonly job: LeaseJob };

/**
 * Drops outcomes that were settled before, and refuses strangers'.
 *
 * @param number Of the exchange: none is settled twice in one.
 */
export function claim(
  outcomes: readonly Outcome[],
  { jobs, number }: { readonly jobs: LeaseJobs; readonly number: number },
): { readonly settlements: Settlement[]; readonly refused: FetchedJob[] } {
  const settlements: Settlement[] = [];
  const refused: FetchedJob[] = [];
  for (const outcome of outcomes) {
    const { job } = outcome;
    if (!jobs.handedOut(job)) {
      refused.push(job);
    } else if (jobs.has(job) && LeaseJob.claim(job, number)) {
      settlements.push(outcome as Settlement);
    }
  }
  return { settlements, refused };
}

/** Of what was settled, and was not refused, what is to be kept. */
export function finishedOf(
  settlements: readonly Settlement[],
  refused: readonly Settlement[],
): readonly Finished[] {
  return settlements.flatMap((outcome) => {
    const { kind, jid, job } = outcome;
    return kind !== "done" ||
      jid === undefined ||
      outcome.finished === undefined ||
      refused.includes(outcome)
      ? []
      : [{ jid, queue: job.queue, finished: outcome.finished }];
  });
}
