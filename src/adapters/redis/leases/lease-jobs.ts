import type { FetchedJob } from "../../adapter.ts";
import { LeaseJob, type Batch } from "./lease-job.ts";

/** The jobs that a lease handed out and was not told the outcome of. */
export class LeaseJobs implements Iterable<LeaseJob> {
  readonly #batches = new Set<Batch>();

  /**
   * What an exchange fetched.
   *
   * @param fetched [queue, lane, payloads, queue, lane, payloads, …], as `exchange.lua` answers. Those of one lane have receipts
   *   of their own: one batch for each.
   */
  fetched(
    number: number,
    milliseconds: string,
    fetched: readonly (string | readonly string[])[],
  ): LeaseJob[] {
    const held: LeaseJob[] = [];
    let batch: Batch | undefined;
    for (let at = 0; at < fetched.length; at += 3) {
      const [queue, lane, payloads] = fetched.slice(at, at + 3) as [string, string, string[]];
      const time = milliseconds + lane;
      if (batch?.milliseconds !== time) {
        batch = this.#begin(String(number), time, held.length);
        this.#batches.add(batch);
      }
      for (const payload of payloads) {
        held.push(add(batch, queue, payload));
      }
    }
    return held;
  }

  /** One whose receipt is known. */
  found(receipt: string, payload: string): LeaseJob {
    const { number, index, milliseconds, queue } = readReceipt(receipt);
    const batch = this.#begin(number, milliseconds, Number(index));
    this.#batches.add(batch);
    return add(batch, queue, payload);
  }

  /** Whether it came from here, and was not lost. */
  handedOut(job: FetchedJob): job is LeaseJob {
    return (
      job instanceof LeaseJob && LeaseJob.batchOf(job).holder === this && !LeaseJob.isLost(job)
    );
  }

  has(job: LeaseJob): boolean {
    const { jobs, firstIndex } = LeaseJob.batchOf(job);
    return jobs[LeaseJob.indexOf(job) - firstIndex] === job;
  }

  /** It is settled, or lost. */
  delete(job: LeaseJob): void {
    const batch = LeaseJob.batchOf(job);
    if (this.has(job)) {
      batch.jobs[LeaseJob.indexOf(job) - batch.firstIndex] = undefined;
      batch.open -= 1;
      if (batch.open === 0) {
        this.#batches.delete(batch);
      }
    }
  }

  /**
   * Forgets what the lease holds no more. A job that was not to be settled is lost: its outcome will be refused.
   *
   * @param receipts Of what it holds.
   * @param sent Jobs that were to be settled.
   * @returns what is not known here.
   */
  compare<Value>(
    receipts: ReadonlyMap<string, Value>,
    sent: ReadonlySet<LeaseJob>,
  ): Map<string, Value> {
    const unknown = new Map(receipts);
    for (const job of this) {
      if (!unknown.delete(receiptOf(job))) {
        this.delete(job);
        if (!sent.has(job)) {
          LeaseJob.lose(job);
        }
      }
    }
    return unknown;
  }

  *[Symbol.iterator](): Generator<LeaseJob> {
    for (const { jobs } of this.#batches) {
      for (const job of jobs) {
        if (job !== undefined) {
          yield job;
        }
      }
    }
  }

  #begin(number: string, milliseconds: string, firstIndex: number): Batch {
    return { holder: this, number, milliseconds, firstIndex, jobs: [], open: 0 };
  }
}

function add(batch: Batch, queue: string, payload: string): LeaseJob {
  const { jobs, firstIndex } = batch;
  const job = new LeaseJob(batch, firstIndex + jobs.length, { queue, payload });
  jobs.push(job);
  batch.open += 1;
  return job;
}

/** The field of the lease's hash in which it is: NUMBER:INDEX:MILLISECONDS:QUEUE, or …/PRIORITY:QUEUE, as `exchange.lua` writes it. */
export function receiptOf(job: LeaseJob): string {
  const { number, milliseconds } = LeaseJob.batchOf(job);
  const index = String(LeaseJob.indexOf(job)).padStart(3, "0");
  return `${number}:${index}:${milliseconds}:${job.queue}`;
}

export function readReceipt(
  receipt: string,
): Readonly<Record<"number" | "index" | "milliseconds" | "queue", string>> {
  const [number = "", index = "", milliseconds = "", ...queue] = receipt.split(":");
  return { number, index, milliseconds, queue: queue.join(":") };
}
