import type { FetchedJob, Outcome } from "../adapter.ts";
import type { LeftResult } from "../job-notes.ts";
import { HeldJob } from "./held-job.ts";

/** Outcomes as `exchange.lua` takes them. */
export interface EncodedOutcomes {
  readonly args: readonly (string | number)[];
  /** Those that are not simply done: one by one, and some may be refused. */
  readonly others: readonly Settlement[];
}

/** What is settled, and the receipt for it. */
export interface Settlement {
  readonly receipt: string;
  readonly job: HeldJob;
  outcome: Outcome;
}

/** Drops outcomes that were settled before, refuses strangers', finds receipts for the rest. */
export function claim(
  outcomes: readonly Outcome[],
  {
    holder,
    receipts,
    number,
  }: {
    readonly holder: object;
    readonly receipts: ReadonlyMap<HeldJob, string>;
    /** Of the exchange: none is settled twice in one. */
    readonly number: number;
  },
): { readonly settlements: Settlement[]; readonly refused: FetchedJob[] } {
  const settlements: Settlement[] = [];
  const refused: FetchedJob[] = [];
  for (const outcome of outcomes) {
    const { job } = outcome;
    if (!(job instanceof HeldJob && job.isOf(holder))) {
      refused.push(job);
      continue;
    }
    const receipt = receipts.get(job);
    if (receipt !== undefined && job.claim(number)) {
      settlements.push({ receipt, job, outcome });
    }
  }
  return { settlements, refused };
}

/** @param today YYYY-MM-DD, UTC: Sidekiq counts by day. */
export function encodeOutcomes(settlements: readonly Settlement[], today: string): EncodedOutcomes {
  const receipts: string[] = [];
  const jids: string[] = [];
  const others: Settlement[] = [];
  let failed = 0;
  let processed = 0;
  for (const settlement of settlements) {
    const { outcome, receipt } = settlement;
    processed += isProcessed(outcome) ? 1 : 0;
    failed += isFailed(outcome) ? 1 : 0;
    if (
      outcome.kind === "done" &&
      outcome.jid !== undefined &&
      outcome.result === undefined &&
      outcome.finished === undefined
    ) {
      receipts.push(receipt);
      jids.push(outcome.jid);
    } else {
      others.push(settlement);
    }
  }
  // Each goes in front of those before it: the newest first leaves the oldest at the head.
  const ordered = others.toSorted((a, b) => releaseOrder(a) - releaseOrder(b));
  const args = [processed, failed, today, receipts.length, ...receipts, ...jids];
  return { args: [...args, ...ordered.flatMap(encode)], others };
}

function encode({ receipt, outcome }: Settlement): (string | number)[] {
  const { kind, job, jid = "" } = outcome;
  const queue = "queue" in outcome ? outcome.queue : job.queue;
  const payload = "payload" in outcome ? outcome.payload : "";
  const at = "at" in outcome && outcome.at !== undefined ? outcome.at : "";
  const failure = kind === "block" ? outcome.prereqFailure : "";
  const more = kind === "block" ? outcome.prereqs : left(outcome);
  return [kind, receipt, jid, queue, payload, at, failure, more.length, ...more];
}

/** What a job leaves: for how many milliseconds, and its text. */
function left(outcome: Outcome): (string | number)[] {
  const { result } = outcome as { readonly result?: LeftResult };
  return result === undefined ? [] : [Math.max(1, Math.round(result.seconds * 1000)), result.text];
}

export function isProcessed({ kind }: Outcome): boolean {
  return kind === "done" || kind === "retry" || kind === "requeue" || kind === "dead";
}

export function isFailed(outcome: Outcome): boolean {
  const { kind } = outcome;
  return kind === "retry" || kind === "dead" || (kind === "done" && outcome.failed === true);
}

function releaseOrder({ receipt, outcome }: Settlement): number {
  if (outcome.kind !== "release") {
    return -Infinity;
  }
  const [number, index] = receipt.split(":", 2);
  return -(Number(number) * 1_000_000 + Number(index));
}
