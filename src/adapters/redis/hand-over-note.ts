/** A job that Redis put into a lease by itself. */
export interface HandedOver {
  readonly receipt: string;
  readonly queue: string;
  readonly payload: string;
}

/**
 * What a lease knows of its note in Redis, by which it takes one job as it comes in: an exchange that asks for jobs takes the
 * note away, and writes another where there were fewer than it asked for.
 *
 * Messages and answers come by different connections, in any order: a job may be here before the answer of the exchange that
 * wrote the note.
 */
export class HandOverNote {
  #writtenBy: number | undefined;
  /** An exchange that is under way, and may write one. */
  #beingWrittenBy: number | undefined;
  #before: number | undefined;

  /**
   * An exchange begins that asks for jobs.
   *
   * @returns whether there is a note to take away.
   */
  begin(number: number): boolean {
    this.#before = this.#writtenBy;
    this.#beingWrittenBy = number;
    return this.#before !== undefined;
  }

  /**
   * It was answered.
   *
   * @returns whether a job may have been handed over that did not arrive.
   */
  answered({ wasGone, isWritten }: { wasGone: boolean; isWritten: boolean }): boolean {
    const isMissing = wasGone && this.#writtenBy !== undefined && this.#writtenBy === this.#before;
    this.#writtenBy = isWritten ? this.#beingWrittenBy : undefined;
    this.#beingWrittenBy = undefined;
    return isMissing;
  }

  /**
   * @param message A receipt and, in the lines below, its payload.
   * @returns the job; `undefined` if it was found in the lease, or will be.
   */
  take(message: string): HandedOver | undefined {
    const end = message.indexOf("\n");
    const receipt = message.slice(0, end);
    const [number, , , ...queue] = receipt.split(":");
    if (Number(number) === this.#writtenBy) {
      this.#writtenBy = undefined;
    } else if (Number(number) === this.#beingWrittenBy) {
      this.#beingWrittenBy = undefined;
    } else {
      return undefined;
    }
    return { receipt, queue: queue.join(":"), payload: message.slice(end + 1) };
  }

  /** Nothing that comes in is taken: what the lease holds is asked for. */
  forget(): void {
    this.#writtenBy = undefined;
    this.#beingWrittenBy = undefined;
  }
}
