import type { Entry, Outcome } from "./adapter.ts";
import { readPrereqFailure } from "./job-record.ts";

/** @throws {TypeError} if one of them is malformed, before a store has seen any. */
export function assertEntries(entries: readonly Entry[]): void {
  for (const entry of entries) {
    const { jid, queue, payload, at, priority, prereqs, prereqFailure } = entry;
    if (typeof jid !== "string" || jid === "") {
      throw wrong(entry, "jid", "a text that is not empty");
    }
    if (typeof queue !== "string" || queue === "") {
      throw wrong(entry, "queue", "a text that is not empty");
    }
    if (typeof payload !== "string") {
      throw wrong(entry, "payload", "the JSON text of a record");
    }
    if (at !== undefined && !Number.isFinite(at)) {
      throw wrong(entry, "at", "epoch seconds");
    }
    if (priority !== undefined && !Number.isSafeInteger(priority)) {
      throw wrong(entry, "priority", "an integer");
    }
    if (prereqs?.some((prereq) => typeof prereq !== "string" || prereq === "") === true) {
      throw wrong(entry, "prereqs", "jids");
    }
    if (prereqFailure !== undefined && readPrereqFailure(prereqFailure) !== prereqFailure) {
      throw wrong(entry, "prereqFailure", '"release", "bury" or "cancel"');
    }
  }
}

/** @throws {TypeError} if one of them has a time that is none, before a store has seen any. */
export function assertOutcomes(outcomes: readonly Outcome[]): void {
  for (const outcome of outcomes) {
    const { kind } = outcome;
    const isTimed = kind === "retry" || (kind === "requeue" && outcome.at !== undefined);
    if (isTimed && !Number.isFinite(outcome.at)) {
      throw new TypeError(
        `Cannot settle job ${JSON.stringify(outcome.jid ?? "?")} as ${kind}: at must be epoch seconds, ` +
          `found ${String(outcome.at)}`,
      );
    }
  }
}

function wrong(entry: Entry, field: keyof Entry, expected: string): TypeError {
  const value: unknown = entry[field];
  const found =
    typeof value === "string" || typeof value === "number" ? JSON.stringify(value) : typeof value;
  return new TypeError(
    `Cannot enqueue job ${JSON.stringify(entry.jid)}: ${field} must be ${expected}, found ` +
      (Number.isNaN(value) || typeof value === "number" ? String(value) : found),
  );
}
