import { writeSync } from "node:fs";

/**
 * What is noted of a job of a batch: that it was added, that it is taken away from outside, or what a
 * run came to; of a callback, that it runs; of either, that a living worker lost it.
 */
export type Word =
  | "added"
  | "left"
  | "lost"
  | "begun"
  | "done"
  | "failed"
  | "died"
  | "discarded"
  | "requeued"
  | "complete"
  | "success"
  | "death";

/** Where this process notes what its jobs did; nothing that Redis could lose or a kill could take back. */
let ledger: number | undefined;

export function noteIn(file: number): void {
  ledger = file;
}

/** A line is `MICROSECONDS JID BATCH WORD`. */
export function note(jid: string, batch: string, word: Word): void {
  if (ledger === undefined) {
    throw new Error("Call noteIn first");
  }
  writeSync(ledger, `${now()} ${jid} ${batch} ${word}\n`);
}

/** Linux has one monotonic clock for all processes. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
