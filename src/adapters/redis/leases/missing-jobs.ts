import { readValues } from "../connection/read-reply.ts";
import type { Reply } from "../connection/reply-reader.ts";

/** Bytes of payloads that are asked for at a time, or one job: as an exchange hands out. */
const MOST_BYTES = 1024 * 1024;

/**
 * Receipts of jobs that a lease holds and that never arrived, as it was told after an answer was
 * lost.
 */
export class MissingJobs {
  /** Receipt → bytes of its payload. */
  #bytes: ReadonlyMap<string, number> = new Map();

  get any(): boolean {
    return this.#bytes.size > 0;
  }

  /** How many, and how large. */
  get shown(): string {
    const bytes = [...this.#bytes.values()].reduce((sum, each) => sum + each, 0);
    const { size } = this.#bytes;
    return `${size === 1 ? "1 job" : `${size} jobs`} of ${bytes} bytes`;
  }

  replace(bytes: ReadonlyMap<string, number>): void {
    this.#bytes = bytes;
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
    take: (receipt: string, payload: string) => void,
  ): Promise<void> {
    const receipts = this.#next();
    const payloads = readValues(await ask(...receipts));
    const left = new Map(this.#bytes);
    receipts.forEach((receipt, index) => {
      const payload = payloads[index];
      if (left.delete(receipt) && payload != null) {
        take(receipt, payload);
      }
    });
    this.#bytes = left;
  }

  #next(): string[] {
    const receipts: string[] = [];
    let left = MOST_BYTES;
    for (const [receipt, bytes] of this.#bytes) {
      left -= bytes;
      if (left < 0 && receipts.length > 0) {
        break;
      }
      receipts.push(receipt);
    }
    return receipts;
  }
}
