import { clock } from "../../support/clock.ts";
import { describe, describeType } from "../checks/checks.ts";
import { runningJob } from "../surroundings/current-job.ts";

const LONGEST_NOTE = 200;

/** @throws {RangeError | TypeError} if it is none, inline too: there a test finds it. */
export function reportProgress(done: number, total: number, note: string | undefined): void {
  if (!(Number.isFinite(done) && done >= 0)) {
    throw cannotTell("done", done, "from 0 up");
  }
  if (!(Number.isFinite(total) && total > 0)) {
    throw cannotTell("total", total, "above 0");
  }
  if (note !== undefined && typeof note !== "string") {
    throw new TypeError(`Cannot tell progress: note is ${describeType(note)}. Give a string`);
  }
  const report = { done, total, at: clock.now() };
  runningJob()?.report?.(
    note === undefined ? report : { ...report, note: note.slice(0, LONGEST_NOTE) },
  );
}

function cannotTell(name: string, found: unknown, range: string): RangeError {
  return new RangeError(
    `Cannot tell progress: ${name} is ${describe(found)}. Give a finite number ${range}`,
  );
}
