import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Command, type Step } from "mandate";

let ledger: number | undefined;

export function noteIn(file: number): void {
  ledger = file;
}

/** Rows from one pause to the next. */
const IN_A_ROW = 5;

/** A job that goes through rows, 1 first, and notes each: `NUMBER ROW MICROSECONDS`. */
export class Rows extends Command.initializeWith((number: number, count: number) => ({
  number,
  count,
})) {
  // A bundler may rename the class.
  static override readonly commandName = "Rows";

  async call(): Promise<void> {
    await this.step("rows", async (step: Step<number>) => {
      for (let row = (step.cursor ?? 0) + 1; row <= this.count; row += 1) {
        note(this.number, row);
        await step.advance(row);
        if (row % IN_A_ROW === 0) {
          await sleep(1);
        }
      }
    });
  }
}

function note(number: number, row: number): void {
  if (ledger === undefined) {
    throw new Error("Call noteIn first");
  }
  // Linux has one monotonic clock for all processes.
  writeSync(ledger, `${number} ${row} ${process.hrtime.bigint() / 1000n}\n`);
}
