import type { Entry, Outcome } from "./adapter.ts";
import { faultOf, type Fault } from "./hold-checks.ts";
import { readPrereqFailure } from "./job-record.ts";

/** @throws {TypeError} if one of them is malformed, before a store has seen any. */
export function assertEntries(entries: readonly Entry[]): void {
  for (const entry of entries) {
    const { jid, queue, payload, at, priority, fairKey, prereqs, prereqFailure } = entry;
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
    if (fairKey !== undefined && (typeof fairKey !== "string" || fairKey === "")) {
      throw wrong(entry, "fairKey", "a text that is not empty");
    }
    if (prereqs?.some((prereq) => typeof prereq !== "string" || prereq === "") === true) {
      throw wrong(entry, "prereqs", "jids");
    }
    if (prereqFailure !== undefined && readPrereqFailure(prereqFailure) !== prereqFailure) {
      throw wrong(entry, "prereqFailure", '"release", "bury" or "cancel"');
    }
    if (entry.expiresAt !== undefined && !Number.isFinite(entry.expiresAt)) {
      throw wrong(entry, "expiresAt", "epoch seconds");
    }
    if (entry.batch !== undefined && !/^\w+$/.test(entry.batch)) {
      throw wrong(entry, "batch", "letters and digits");
    }
    const fault = entry.holds && faultOf(entry.holds);
    if (fault !== undefined) {
      throw notSo(entry, fault);
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
  return notSo(entry, { field, expected, found: entry[field] });
}

function notSo({ jid }: Entry, { field, expected, found }: Fault): TypeError {
  const text = typeof found === "string" ? JSON.stringify(found) : typeof found;
  return new TypeError(
    `Cannot enqueue job ${JSON.stringify(jid)}: ${field} must be ${expected}, found ` +
      (typeof found === "number" ? String(found) : text),
  );
}
