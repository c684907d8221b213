import { AdapterError } from "../../adapter-error.ts";
import type { Reply } from "./reply-reader.ts";

/** @throws {AdapterError} if it is something else; so do those below. */
export function readInteger(reply: Reply | undefined): number {
  if (typeof reply !== "number") {
    throw unexpected("an integer", reply);
  }
  return reply;
}

/** What scripts answer for yes and no. */
export function readFlag(reply: Reply | undefined): boolean {
  return readInteger(reply) === 1;
}

export function readText(reply: Reply | undefined): string {
  if (typeof reply !== "string") {
    throw unexpected("a text", reply);
  }
  return reply;
}

export function readList(reply: Reply | undefined): readonly Reply[] {
  if (!Array.isArray(reply)) {
    throw unexpected("a list", reply);
  }
  return reply as readonly Reply[];
}

export function readTexts(reply: Reply | undefined): readonly string[] {
  const list = readList(reply);
  if (!list.every(isText)) {
    throw unexpected("a list of texts", list.find((each) => !isText(each)) ?? null);
  }
  return list;
}

/** A text that may be missing. */
export type Value = string | null;

export function readValues(reply: Reply | undefined): readonly Value[] {
  const list = readList(reply);
  if (!list.every(isValue)) {
    throw unexpected(
      "a list of values",
      list.find((each) => !isValue(each)),
    );
  }
  return list;
}

export interface Scored {
  readonly member: string;
  /** As Redis sent it. */
  readonly score: string;
  readonly at: number;
}

/** Members, each with its score behind it. */
export function readScored(reply: Reply | undefined): Scored[] {
  return inTurns(readTexts(reply), 2).map(([member = "", score = ""]) => {
    return { member, score, at: numberOf(score) };
  });
}

/** What follows one behind the other, as many to a row. */
export function inTurns<Element>(elements: readonly Element[], width: number): Element[][] {
  const rows: Element[][] = [];
  for (let at = 0; at < elements.length; at += width) {
    rows.push(elements.slice(at, at + width));
  }
  return rows;
}

/** Redis writes "inf" and "-inf", and so may anybody have. */
function numberOf(score: string): number {
  return /^[-+]?inf/.test(score) ? (score.startsWith("-") ? -Infinity : Infinity) : Number(score);
}

function isText(reply: Reply): reply is string {
  return typeof reply === "string";
}

function isValue(reply: Reply): reply is Value {
  return reply === null || typeof reply === "string";
}

/** Without the answer itself: it may hold a job's arguments. */
function unexpected(expected: string, found: Reply | undefined): AdapterError {
  const what = Array.isArray(found) ? "a list" : found === null ? "null" : typeof found;
  return new AdapterError(
    `Cannot read what Redis answered: expected ${expected}, found ${what}. ` +
      "Check which server answers here, and what stands in between",
    { maybeAccepted: true },
  );
}
