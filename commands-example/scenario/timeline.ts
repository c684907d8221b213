import { styleText } from "node:util";
import type { JobHandle, Middleware } from "mandate";

/** Stands around each run of a job, and prints a line when it has ended. */
export const timeline: Middleware = async (job, next) => {
  const startedAt = Date.now();
  try {
    await next();
    printRun(job, startedAt, styleText("green", "done"));
  } catch (error) {
    printRun(job, startedAt, describe(error));
    throw error;
  }
};

export function printTimelineHeader(): void {
  const names = ["ended at", "command", "jid", "queue", "waited", "took", "outcome"];
  console.log(styleText("bold", row(names)));
}

function printRun(job: JobHandle, startedAt: number, outcome: string): void {
  const endedAt = Date.now();
  const enqueuedAt = (job.record.enqueued_at ?? 0) * 1000;
  const time = new Date(endedAt).toISOString().slice(11, 23);
  const waited = milliseconds(startedAt - enqueuedAt);
  const took = milliseconds(endedAt - startedAt);
  console.log(row([time, job.className, job.id, job.queueName, waited, took, outcome]));
}

/** What requeueJob throws is a signal, and no error. */
function describe(thrown: unknown): string {
  return thrown instanceof Error
    ? styleText("red", `failed: ${thrown.message}`)
    : styleText("yellow", "requeued");
}

function milliseconds(time: number): string {
  return `${Math.max(0, Math.round(time))} ms`;
}

const widths = [12, 17, 24, 8, 8, 8];

function row(cells: readonly string[]): string {
  return cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
}
