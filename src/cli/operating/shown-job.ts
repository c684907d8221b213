import type { Terminal } from "../terminal/terminal.ts";
import { clipped, fitted } from "../terminal/layout.ts";
import { counted, fromNow } from "../../support/wording.ts";
import { JobEntry } from "../../inspection/entries/job-entry.ts";
import type { Progress } from "../../job/handle/progress.ts";
import type { FoundJob } from "../../inspection/lists/jobs.ts";

/** A job in a line, and what it waits for, or failed with, in a second one. */
export function jobLines(found: FoundJob, now: number, terminal: Terminal): string[] {
  const { place, entry } = found;
  const { errorClass, errorMessage = "" } = entry;
  const head = (entry.id ?? "(no jid)").padEnd(24);
  const where = fitted(place === "queue" ? entry.queueName : stateOf(found), 10);
  const when = fromNow(timeOf(found), now).padEnd(9);
  const line = clipped(`${head}  ${where}  ${when}  ${callOf(found)}`, terminal.columns);
  const progress = entry instanceof JobEntry ? undefined : entry.progress;
  if (progress !== undefined) {
    const words = clipped(`  ${spokenProgress(progress)}`, terminal.columns);
    return [line, terminal.colour("dim", words)];
  }
  const reason = entry instanceof JobEntry ? entry.blockedBy : undefined;
  if (reason !== undefined) {
    return [line, terminal.colour("yellow", clipped(`  ${reason}`, terminal.columns))];
  }
  if (errorClass === undefined) {
    return [line];
  }
  const failure = clipped(`  ${errorClass}: ${errorMessage}`, terminal.columns);
  return [line, terminal.colour("red", failure)];
}

/** A job's place, or that its worker holds it and does not run it yet. */
export function stateOf({ place, entry }: FoundJob): string {
  return !(entry instanceof JobEntry) && entry.fetchedAhead ? "fetched" : place;
}

/** "42%, 420 of 1,000: reading" */
export function spokenProgress({ done, total, note = "" }: Progress): string {
  const words = `${Math.floor((100 * done) / total)}%, ${counted(done)} of ${counted(total)}`;
  return note === "" ? words : `${words}: ${note}`;
}

/** What stands for the class of a payload that names none. */
export const UNREADABLE = "(unreadable)";

/** `SendInvoice("ada@example.org", 42)`; of a payload that is no job's, its text. */
export function callOf({ entry }: FoundJob): string {
  if (entry.className === "") {
    return `${UNREADABLE} ${entry.payload}`;
  }
  const args = entry.arguments.map((argument) => JSON.stringify(argument)).join(", ");
  return `${entry.className}(${args})`;
}

/** `requestId: "req-1", user: "gid://app/User/1"`; `undefined` where there is nothing. */
export function contextOf({ entry }: FoundJob): string | undefined {
  const attributes = Object.values(entry.context).flatMap((values) => Object.entries(values));
  const shown = attributes.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return shown.length === 0 ? undefined : shown.join(", ");
}

/** What operators ask for: since when it runs or waits, or when it comes. */
function timeOf({ entry }: FoundJob): Date | undefined {
  return entry instanceof JobEntry
    ? (entry.at ?? entry.enqueuedAt ?? entry.createdAt)
    : entry.startedAt;
}
