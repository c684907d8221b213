// Jobs that are worked off by a process of its own, and by the test.
import { setTimeout as sleep } from "node:timers/promises";
import { Command, type Step } from "mandate";

/** Rows of each job. */
export const ROWS = 200;

/** One at a time of all; each says which of its rows it has gone through. */
export class GoThrough extends Command.initializeWith((file: string) => ({ file })) {
  static override readonly commandName = "GoThrough";

  static {
    this.unique();
    this.limitConcurrency({ to: 1, by: () => "files" });
  }

  async call(): Promise<void> {
    await this.step("rows", async (step: Step<number>) => {
      for (let row = (step.cursor ?? 0) + 1; row <= ROWS; row += 1) {
        console.log(`${this.file} ${row}`);
        await sleep(5);
        await step.advance(row);
      }
    });
  }
}
