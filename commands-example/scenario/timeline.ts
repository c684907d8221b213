import { styleText } from "node:util";
import type { Middleware } from "mandate";

/** One run of a job. Times are epoch milliseconds. */
export interface Run {
  readonly command: string;
  readonly jid: string;
  readonly queue: string;
  readonly enqueuedAt: number;
  readonly startedAt: number;
  /** How it ended, and when; nothing while it runs. */
  readonly ended?: { readonly at: number; readonly outcome: string };
}

/** Stands around each run of a job, and tells of its start and of its end. */
export function tellRuns(tell: (run: Run) => void): Middleware {
  return async (job, next) => {
    const run: Run = {
      command: job.className,
      jid: job.id,
      queue: job.queueName,
      enqueuedAt: (job.record.enqueued_at ?? 0) * 1000,
      startedAt: Date.now(),
    };
    const end = (outcome: string): void => tell({ ...run, ended: { at: Date.now(), outcome } });
    tell(run);
    try {
      await next();
      end("done");
    } catch (error) {
      // What requeueJob throws is a signal, and no error.
      end(error instanceof Error ? `failed: ${error.message}` : "requeued");
      throw error;
    }
  };
}

/** Prints a line when a run has ended. */
export const timeline = tellRuns((run) => printRun(run));

export function printTimelineHeader(where = ""): void {
  console.log(
    "Some jobs fail, or put themselves back, on purpose: to show how it goes on from there.\n",
  );
  const names = ["ended at", "command", "jid", "queue", "waited", "took", `${where}outcome`];
  console.log(styleText("bold", row(names)));
}

/** @param where Stands before its outcome. */
export function printRun({ ended, ...run }: Run, where = ""): void {
  if (ended === undefined) return;
  const { command, jid, queue, enqueuedAt, startedAt } = run;
  const waited = milliseconds(startedAt - enqueuedAt);
  const took = milliseconds(ended.at - startedAt);
  const outcome = `${where}${styleText(colorOf(ended.outcome), ended.outcome)}`;
  console.log(row([timeOfDay(ended.at), command, jid, queue, waited, took, outcome]));
}

export function timeOfDay(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}

function colorOf(outcome: string): "green" | "yellow" | "red" {
  return outcome === "done" ? "green" : outcome === "requeued" ? "yellow" : "red";
}

function milliseconds(time: number): string {
  return `${Math.max(0, Math.round(time))} ms`;
}

const widths = [12, 17, 24, 8, 8, 8];

function row(cells: readonly string[]): string {
  return cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
}
