import type { Held } from "./lease-scripts.ts";
import { readValues } from "../connection/read-reply.ts";
import type { Reply } from "../connection/reply-reader.ts";

/** Bytes of payloads that are asked for at a time, or one job: as an exchange hands out. */
const MOST_BYTES = 1024 * 1024;

/**
 * Receipts of jobs that a lease holds and that never arrived, as it was told after an answer was
 * lost.
 */
export class MissingJobs {
  /** By their receipts. */
  #jobs: ReadonlyMap<string, Held> = new Map();

  get any(): boolean {
    return this.#jobs.size > 0;
  }

  /** How many, and how large. */
  get shown(): string {
    const bytes = [...this.#jobs.values()].reduce((sum, job) => sum + job.bytes, 0);
    const { size } = this.#jobs;
    return `${size === 1 ? "1 job" : `${size} jobs`} of ${bytes} bytes`;
  }

  replace(jobs: ReadonlyMap<string, Held>): void {
    this.#jobs = jobs;
  }

  /**
   * Asks for some of them, for one at least. Of several who ask at a time one gets each.
   *
   * @param take Called with each in the same turn in which it is missing no more: whoever compares
   *   in between what the lease holds with what is known would miss it anew, and it would run
   *   twice.
   */
  async load(
    ask: (...receipts: readonly string[]) => Promise<Reply>,
    take: (receipt: string, payload: string, job: Held) => void,
  ): Promise<void> {
    const receipts = this.#next();
    const payloads = readValues(await ask(...receipts));
    const left = new Map(this.#jobs);
    receipts.forEach((receipt, index) => {
      const payload = payloads[index];
      const job = left.get(receipt);
      left.delete(receipt);
      if (job !== undefined && payload != null) {
        take(receipt, payload, job);
      }
    });
    this.#jobs = left;
  }

  #next(): string[] {
    const receipts: string[] = [];
    let left = MOST_BYTES;
    for (const [receipt, { bytes }] of this.#jobs) {
      left -= bytes;
      if (left < 0 && receipts.length > 0) {
        break;
      }
      receipts.push(receipt);
    }
    return receipts;
  }
}
