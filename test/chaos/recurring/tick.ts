import { writeSync } from "node:fs";
import { Command, currentJob } from "mandate";

/** Which definitions a worker comes with: those of a release. */
export type Release = "old" | "new";

/** By what the name of a queue begins whose jobs are counted where they lie. */
export const KEPT = "kept";
/** The queue whose jobs run. */
export const SERVED = "served";

let ledger: number | undefined;

export function noteIn(file: number): void {
  ledger = file;
}

/** A job whose effect is a line in a file: `KEY SECOND MICROSECONDS`. */
export class Tick extends Command {
  // A bundler may rename the class.
  static override readonly commandName = "Tick";

  call(): void {
    const run = currentJob()?.recurring;
    if (ledger === undefined || run === undefined) {
      throw new Error("Call noteIn first, and define it");
    }
    // Linux has one monotonic clock for all processes.
    const microseconds = process.hrtime.bigint() / 1000n;
    writeSync(ledger, `${run.key} ${run.scheduledAt.getTime() / 1000} ${microseconds}\n`);
  }
}

/**
 * So many are due each second: half of them run, of the others the jobs are left where they are. Of ten, one is in the old release
 * only, one in the new one only, and one has another schedule there.
 */
export function declare(count: number, release: Release): void {
  for (let index = 0; index < count; index += 1) {
    const kind = kindOf(index);
    if (kind === "same" || kind === "changed" || kind === release) {
      const schedule = kind === "changed" && release === "new" ? "*/2 * * * * *" : "* * * * * *";
      const catchUp = (["latest", "all", "none"] as const)[index % 3] ?? "latest";
      const queue = index % 2 === 0 ? SERVED : KEPT;
      Tick.recurring(schedule, { key: keyOf(index), queue, catchUp });
    }
  }
}

export function keyOf(index: number): string {
  return `tick-${index}`;
}

export function kindOf(index: number): "same" | "changed" | Release {
  return (["old", "new", "changed"] as const)[(index >> 1) % 10] ?? "same";
}
