import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "mandate";
import { limitsOf } from "./job-holds.ts";
import type { Marks } from "./marks.ts";

/** What a job does besides taking its time. */
export type Kind = "plain" | "flaky" | "again";

class FlakyError extends Error {}

/** Where this process notes what its jobs did; nothing that Redis could lose or a kill could take back. */
let ledger: number | undefined;
let marks: Marks | undefined;

/** @param counting Counts how many run at once, where that is asked. */
export function noteIn(file: number, counting?: Marks): void {
  ledger = file;
  marks = counting;
}

/**
 * A job whose effect is a line in a file.
 *
 * A line is `KIND NUMBER MICROSECONDS`: b (begun), f (failed, and is retried), q (requeued) or e (the effect).
 * A flaky one fails, and one that comes again is requeued, half of the times.
 */
export class Work extends Command.initializeWith(
  (number: number, kind: Kind, ms: number, slot = 0) => ({ number, kind, ms, slot }),
) {
  // A bundler may rename the class.
  static readonly commandName: string = "Work";

  static {
    this.retryOn(FlakyError, { wait: () => 0.05, attempts: "unlimited" });
  }

  async call(): Promise<void> {
    note("b", this.number);
    const limits = this.limits();
    await (marks === undefined ? this.#work() : marks.around(limits, () => this.#work()));
  }

  /** Keys of which so many run at once at most, as long as no lease is lost. */
  protected limits(): readonly (readonly [string, number])[] {
    return this.job === undefined ? [] : limitsOf(this.job.id, this.job.queueName);
  }

  async #work(): Promise<void> {
    if (this.ms > 0) {
      await sleep(this.ms);
    }
    if (this.kind !== "plain" && Math.random() < 0.5) {
      note(this.kind === "flaky" ? "f" : "q", this.number);
      if (this.kind === "flaky") {
        throw new FlakyError("This run fails");
      }
      this.requeueJob(0.05);
    }
    note("e", this.number);
  }
}

function note(what: string, number: number): void {
  if (ledger === undefined) {
    throw new Error("Call noteIn first");
  }
  // Linux has one monotonic clock for all processes.
  writeSync(ledger, `${what} ${number} ${process.hrtime.bigint() / 1000n}\n`);
}
