import type { FetchedJob } from "../../fetching.ts";

/** What a job is handed out as. */
export class Receipt implements FetchedJob {
  readonly queue: string;
  readonly payload: string;
  readonly recoveries: number;
  declare readonly refusedBy?: string;
  declare readonly expired?: true;
  readonly #id: number;
  readonly #lease: object;
  readonly #order: number;

  constructor(
    { queue, payload, recoveries }: Pick<FetchedJob, "queue" | "payload" | "recoveries">,
    { id, lease, order }: { readonly id: number; readonly lease: object; readonly order: number },
  ) {
    this.queue = queue;
    this.payload = payload;
    this.recoveries = recoveries;
    this.#id = id;
    this.#lease = lease;
    this.#order = order;
  }

  // Not for whoever it is handed out to: their copies and comparisons see what a fetched job has.

  /** Whether that lease handed it out. */
  static isOf(receipt: unknown, lease: object): receipt is Receipt {
    return (
      typeof receipt === "object" &&
      receipt !== null &&
      #lease in receipt &&
      receipt.#lease === lease
    );
  }

  /** The job's row. */
  static idOf(receipt: Receipt): number {
    return receipt.#id;
  }

  /** The higher, the later it was handed out; unlike any other. */
  static orderOf(receipt: Receipt): number {
    return receipt.#order;
  }
}
