import { Few } from "../../../support/few.ts";
import type { FetchedJob } from "../../adapter.ts";
import type { FetchedPart } from "./exchange-script.ts";
import { LeaseJob, type Arrival } from "./lease-job.ts";

/** The jobs that a lease handed out and was not told the outcome of. */
export class LeaseJobs implements Iterable<LeaseJob> {
  readonly #arrivals = new Few<Arrival>();

  /**
   * What an exchange fetched.
   *
   * @param fetched Those of one lane have receipts of their own: one arrival for each.
   */
  fetched(number: number, milliseconds: string, fetched: readonly FetchedPart[]): LeaseJob[] {
    const held: LeaseJob[] = [];
    let arrival: Arrival | undefined;
    for (const { queue, lane, payloads } of fetched) {
      const time = milliseconds + lane;
      if (arrival?.milliseconds !== time) {
        arrival = this.#begin(String(number), time, held.length);
        this.#arrivals.add(arrival);
      }
      for (const payload of payloads) {
        held.push(add(arrival, queue, payload));
      }
    }
    return held;
  }

  /** One whose receipt is known. */
  found(receipt: string, payload: string): LeaseJob {
    const { number, index, milliseconds, queue } = readReceipt(receipt);
    const arrival = this.#begin(number, milliseconds, Number(index));
    this.#arrivals.add(arrival);
    return add(arrival, queue, payload);
  }

  /** Whether it came from here, and was not lost. */
  handedOut(job: FetchedJob): job is LeaseJob {
    return (
      job instanceof LeaseJob && LeaseJob.arrivalOf(job).leaseJobs === this && !LeaseJob.isLost(job)
    );
  }

  has(job: LeaseJob): boolean {
    const { jobs, firstIndex } = LeaseJob.arrivalOf(job);
    return jobs[LeaseJob.indexOf(job) - firstIndex] === job;
  }

  /** It is settled, or lost. */
  delete(job: LeaseJob): void {
    const arrival = LeaseJob.arrivalOf(job);
    if (this.has(job)) {
      arrival.jobs[LeaseJob.indexOf(job) - arrival.firstIndex] = undefined;
      arrival.open -= 1;
      if (arrival.open === 0) {
        this.#arrivals.delete(arrival);
      }
    }
  }

  /**
   * Forgets what the lease holds no more. A job that was not to be settled is lost: its outcome
   * will be refused.
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
    for (const { jobs } of this.#arrivals) {
      for (const job of jobs) {
        if (job !== undefined) {
          yield job;
        }
      }
    }
  }

  #begin(number: string, milliseconds: string, firstIndex: number): Arrival {
    return { leaseJobs: this, number, milliseconds, firstIndex, jobs: [], open: 0 };
  }
}

function add(arrival: Arrival, queue: string, payload: string): LeaseJob {
  const { jobs, firstIndex } = arrival;
  const job = new LeaseJob(arrival, firstIndex + jobs.length, { queue, payload });
  jobs.push(job);
  arrival.open += 1;
  return job;
}

/**
 * The field of the lease's hash in which it is: NUMBER:INDEX:MILLISECONDS:QUEUE, or
 * …/PRIORITY:QUEUE, as `exchange.lua` writes it.
 */
export function receiptOf(job: LeaseJob): string {
  const { number, milliseconds } = LeaseJob.arrivalOf(job);
  const index = String(LeaseJob.indexOf(job)).padStart(3, "0");
  return `${number}:${index}:${milliseconds}:${job.queue}`;
}

export function readReceipt(
  receipt: string,
): Readonly<Record<"number" | "index" | "milliseconds" | "queue", string>> {
  const [number = "", index = "", milliseconds = "", ...queue] = receipt.split(":");
  return { number, index, milliseconds, queue: queue.join(":") };
}
