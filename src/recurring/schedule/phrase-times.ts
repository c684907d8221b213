import type { PhraseWords } from "./phrase-words.ts";

/** A time of day. */
export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const NAMED: ReadonlyMap<string, number> = new Map([
  ["noon", 12],
  ["midday", 12],
  ["midnight", 0],
]);
const HALVES = ["am", "pm", "noon", "midday", "midnight"];
const UNITS = /^(?:s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|weeks?|months?|years?)$/;
const WRITTEN = 'Write a time such as "9am", "15:30" or "noon"';

/** `9am`, `15:30`, `five thirty`, `noon` … */
export function readTime(words: PhraseWords): TimeOfDay | undefined {
  const first = words.piece();
  const named = NAMED.get(words.word());
  if (named !== undefined) {
    words.skip();
    return { hour: named, minute: 0, second: 0 };
  }
  const digital = /^(\d+):(\d\d)(?::(\d\d))?$/.exec(first.text);
  if (digital !== null) {
    words.skip();
    const [hour = 0, minute = 0, second = 0] = digital.slice(1).map((part) => Number(part ?? 0));
    return checked({ hour, minute, second }, words, first);
  }
  const isWord = !/^\d/.test(first.text);
  const hour = words.accept("oh") ? 0 : words.number();
  if (hour === undefined || (!isWord && UNITS.test(words.word()))) {
    return undefined;
  }
  words.accept("dark");
  const minute = isWord ? (words.number() ?? 0) : 0;
  words.accept("o'clock", "hundred");
  return checked({ hour, minute, second: 0 }, words, first);
}

/** Takes "am", "pm" and such behind a time into account. */
function checked(
  { hour, minute, second }: TimeOfDay,
  words: PhraseWords,
  first: { readonly text: string; readonly at: number },
): TimeOfDay {
  const half = words.word();
  const hasHalf = HALVES.includes(half);
  if (hasHalf) words.skip();
  const isOfClock = hour < 24 || (hour === 24 && minute === 0 && second === 0);
  const isOfHalf = !hasHalf || (hour >= 1 && hour <= 12);
  if (!isOfClock || !isOfHalf || minute > 59 || second > 59) {
    const text = hasHalf ? `${first.text} ${half}` : first.text;
    throw words.source.refuse({ text, at: first.at }, "is no time of day", WRITTEN);
  }
  if (!hasHalf) {
    return { hour: hour % 24, minute, second };
  }
  const isAfternoon = half !== "am" && half !== "midnight";
  return { hour: (hour % 12) + (isAfternoon ? 12 : 0), minute, second };
}
