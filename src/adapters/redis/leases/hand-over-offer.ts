import { readReceipt } from "./lease-jobs.ts";

/** A job that Redis put into a lease by itself. */
export interface HandedOver {
  readonly receipt: string;
  readonly payload: string;
}

/**
 * What a lease knows of its note in Redis, by which it takes one job as it comes in: an exchange that asks for jobs takes the
 * note away, and writes another where there were fewer than it asked for.
 *
 * Exchanges are answered in their order. Messages come by another connection: a job may be here before the answer of the
 * exchange that wrote the note.
 */
export class HandOverOffer {
  #writtenBy: number | undefined;
  /** Exchanges that are under way, each of which may write one. */
  readonly #beingWrittenBy = new Set<number>();

  /**
   * An exchange begins that asks for jobs.
   *
   * @returns whether there may be a note to take away.
   */
  begin(number: number): boolean {
    const mayBeThere = this.#writtenBy !== undefined || this.#beingWrittenBy.size > 0;
    this.#beingWrittenBy.add(number);
    return mayBeThere;
  }

  /**
   * It was answered.
   *
   * @returns whether a job may have been handed over that did not arrive.
   */
  answered(
    number: number,
    { wasGone, isWritten }: { readonly wasGone: boolean; readonly isWritten: boolean },
  ): boolean {
    const isMissing = wasGone && this.#writtenBy !== undefined;
    const isOpen = this.#beingWrittenBy.delete(number);
    this.#writtenBy = isWritten && isOpen ? number : undefined;
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
    if (number === this.#writtenBy) {
      this.#writtenBy = undefined;
    } else if (!this.#beingWrittenBy.delete(number)) {
      return undefined;
    }
    return { receipt, payload: message.slice(end + 1) };
  }

  /** Nothing that comes in is taken: what the lease holds is asked for. */
  forget(): void {
    this.#writtenBy = undefined;
    this.#beingWrittenBy.clear();
  }
}
