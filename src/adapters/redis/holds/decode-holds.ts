import type { Hold } from "../../hold.ts";
import { ALIGNED, FROM, UNTIL, WAITS_FOR, WHEN_FULL } from "./encode-holds.ts";

/** As shared/holds.lua keeps one. */
type Row = readonly [
  key: string,
  letters: string,
  to: number,
  seconds: number,
  tokens: number,
  per: number,
  burst: number,
  holder: string,
  dueWithin?: number,
];

/**
 * What a job was to hold when it was accepted.
 *
 * @param text What is kept of it, if anything: see `encodeHolds`.
 * @param lock The key that it has a lock on, and no more.
 */
export function decodeHolds(
  text: string | null | undefined,
  lock: string | null | undefined,
): readonly Hold[] | undefined {
  if (typeof lock === "string") {
    return [{ key: lock, from: "enqueue", until: "finished", whenFull: "refuse" }];
  }
  const [, ...rows] = typeof text === "string" ? (JSON.parse(text) as [number, ...Row[]]) : [0];
  const holds = rows.flatMap((row) => holdOf(row) ?? []);
  return holds.length === 0 ? undefined : holds;
}

/** Not what its code took, nor a turn of a limited queue. */
function holdOf([key, letters, to, seconds, ...more]: Row): Hold | undefined {
  const [tokens, per, burst, , dueWithin] = more;
  const [from = "", until = "", whenFull = "", waitsFor = ""] = letters;
  if (from === "c" || from === "q") {
    return undefined;
  }
  return {
    key,
    // One that a key refused at the fetch had not to be taken any more.
    from: from === "u" ? "fetch" : wordOf(FROM, from),
    until: wordOf(UNTIL, until),
    whenFull: wordOf(WHEN_FULL, whenFull),
    ...(waitsFor === WAITS_FOR.free ? {} : { waitsFor: wordOf(WAITS_FOR, waitsFor) }),
    ...(seconds === 0 ? {} : { seconds }),
    ...(tokens === 0
      ? { to: to === -1 ? Infinity : to }
      : { rate: { to: tokens, seconds: per, burst, ...(burst === ALIGNED && { aligned: true }) } }),
    ...(dueWithin === undefined ? {} : { dueWithin }),
  };
}

function wordOf<Word extends string>(
  letters: Readonly<Record<Word, string>>,
  letter: string,
): Word {
  const found = (Object.keys(letters) as Word[]).find((word) => letters[word] === letter);
  return found as Word;
}
