import type { CountedBatch } from "./counted-batch.ts";

/** What is told of a batch whose counts have changed. */
interface Counts {
  changed(batch: CountedBatch): void;
  died(batch: CountedBatch): void;
}

/** That a batch counts a job. */
export class Membership {
  readonly batch: CountedBatch;
  readonly #batches: Counts;
  readonly #jid: string;
  #isTried = false;
  #isDead = false;

  constructor(batches: Counts, batch: CountedBatch, jid: string) {
    this.#batches = batches;
    this.batch = batch;
    this.#jid = jid;
  }

  get isCancelled(): boolean {
    return this.batch.cancelledAt !== undefined;
  }

  /** A run has failed. */
  failed(payload: string): void {
    this.#tried(payload);
    this.#batches.changed(this.batch);
  }

  died(payload: string): void {
    this.#tried(payload);
    this.batch.dead += this.#isDead ? 0 : 1;
    this.#isDead = true;
    this.#batches.died(this.batch);
  }

  #tried(payload: string): void {
    if (!this.#isTried) {
      this.#isTried = true;
      this.batch.untried -= 1;
      this.batch.fail(this.#jid, payload);
    }
  }

  /** The job waits again, which may have been dead. */
  waits(): void {
    if (this.#isDead) {
      this.#isDead = false;
      this.batch.dead -= 1;
      this.#batches.changed(this.batch);
    }
  }

  /** The job is over. One that was dead was no success, and is held against the batch. */
  over(): void {
    if (!this.#isDead) {
      this.batch.untried -= this.#isTried ? 0 : 1;
      this.batch.pending -= 1;
      this.#batches.changed(this.batch);
    }
  }
}
