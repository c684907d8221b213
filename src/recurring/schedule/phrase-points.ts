import type { Phrase, PhraseUnit } from "./phrase.ts";
import type { PhraseWords } from "./phrase-words.ts";
import type { Piece } from "./source-text.ts";

const UNITS: readonly (readonly [PhraseUnit, RegExp])[] = [
  ["month", /^(?:M|[Mm]onths?|MONTHS?)$/],
  ["second", /^(?:s|secs?|seconds?)$/i],
  ["minute", /^(?:m|mins?|minutes?)$/i],
  ["hour", /^(?:h|hours?)$/i],
  ["day", /^(?:d|days?)$/i],
  ["week", /^(?:w|weeks?)$/i],
  ["year", /^(?:y|years?)$/i],
];
/** The unit of time that a word names: `m` is minutes, `M` months. */
export function unitOf({ text }: Piece): PhraseUnit | undefined {
  return UNITS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** `minute 10 and 30`, `seconds 0 to 29`, `hours 9 to 17`, `the hour`, `the minute`. */
export function readPoints(words: PhraseWords, phrase: Phrase): boolean {
  const read = words.attempt(() => {
    const hasThe = words.accept("the");
    const unit = unitOf(words.piece());
    if (unit !== "second" && unit !== "minute" && unit !== "hour") return undefined;
    words.skip();
    const points = words.list(() => readNumbers(words, unit === "hour" ? 23 : 59));
    if (points.length > 0) return { field: phrase[`${unit}s`], points };
    const isThe = hasThe && unit !== "second";
    return isThe ? { field: phrase.minutes, points: [unit === "hour" ? "0" : "*"] } : undefined;
  });
  read?.field.push(...read.points);
  return read !== undefined;
}

/** A number, or a range of them. */
function readNumbers(words: PhraseWords, most: number): string | undefined {
  const first = readNumber(words, most);
  if (first === undefined) {
    return undefined;
  }
  const last = words.attempt(() => (words.acceptTo() ? readNumber(words, most) : undefined));
  return last === undefined ? `${first}` : `${first}-${last}`;
}

function readNumber(words: PhraseWords, most: number): number | undefined {
  const piece = words.piece();
  const number = words.number();
  if (number !== undefined && number > most) {
    throw words.source.refuse(piece, "is too large", `Write a number from 0 to ${most}`);
  }
  return number;
}
