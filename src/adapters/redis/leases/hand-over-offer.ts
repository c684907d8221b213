import { readReceipt } from "./lease-jobs.ts";

/** A job that Redis put into a lease by itself. */
export interface HandedOver {
  readonly receipt: string;
  readonly payload: string;
}

/**
 * What a lease knows of its offer in Redis to take one job as it comes in: an exchange that asks
 * for jobs withdraws the offer, and makes another where there were fewer than it asked for.
 *
 * Exchanges are answered in their order. Messages come by another connection: a job may be here
 * before the answer of the exchange that made the offer.
 */
export class HandOverOffer {
  #madeBy: number | undefined;
  /** Exchanges that are under way, each of which may make one. */
  readonly #beingMadeBy = new Set<number>();

  /**
   * An exchange begins that asks for jobs.
   *
   * @returns whether there may be an offer to withdraw.
   */
  begin(number: number): boolean {
    const mayBeThere = this.#madeBy !== undefined || this.#beingMadeBy.size > 0;
    this.#beingMadeBy.add(number);
    return mayBeThere;
  }

  /**
   * The exchange of that number was answered.
   *
   * @returns whether a job may have been handed over that did not arrive.
   */
  answered(
    number: number,
    { wasTaken, isOffered }: { readonly wasTaken: boolean; readonly isOffered: boolean },
  ): boolean {
    const isMissing = wasTaken && this.#madeBy !== undefined;
    const isOpen = this.#beingMadeBy.delete(number);
    this.#madeBy = isOffered && isOpen ? number : undefined;
    return isMissing;
  }

  /**
   * @param message A receipt and, in the lines below, its payload.
   * @returns the job; `undefined` if it was found in the lease, or will be.
   */
  take(message: string): HandedOver | undefined {
    const end = message.indexOf("\n");
    const receipt = message.slice(0, end);
    const number = Number(readReceipt(receipt).number);
    if (number === this.#madeBy) {
      this.#madeBy = undefined;
    } else if (!this.#beingMadeBy.delete(number)) {
      return undefined;
    }
    return { receipt, payload: message.slice(end + 1) };
  }

  /** Nothing that comes in is taken: what the lease holds is asked for. */
  forget(): void {
    this.#madeBy = undefined;
    this.#beingMadeBy.clear();
  }
}
