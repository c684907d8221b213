import type { Hold, Rate } from "./hold.ts";

/**
 * What is wrong with the first hold that is malformed: which field, what was expected, and what was
 * found.
 */
export interface Fault {
  readonly field: string;
  readonly expected: string;
  readonly found: unknown;
}

/** @returns `undefined` where all are well formed. */
export function faultOf(holds: readonly Hold[]): Fault | undefined {
  for (const [index, hold] of holds.entries()) {
    const fault = faultOfOne(hold) ?? faultOfTwo(hold, holds.slice(0, index));
    if (fault !== undefined) {
      return { ...fault, field: `holds[${index}].${fault.field}` };
    }
  }
  return undefined;
}

function faultOfOne(hold: Hold): Fault | undefined {
  for (const field of FIELDS) {
    const [isRight, expected] = RULES[field];
    if (!isRight(hold)) {
      return { field, expected, found: hold[field] };
    }
  }
  return undefined;
}

function faultOfTwo({ key, from }: Hold, others: readonly Hold[]): Fault | undefined {
  const isTwice = others.some((other) => other.key === key && other.from === from);
  return isTwice
    ? { field: "key", expected: `another than those before it from ${from}`, found: "the same" }
    : undefined;
}

type Rule = readonly [isRight: (hold: Hold) => boolean, expected: string];

const RULES = {
  key: [({ key }) => typeof key === "string" && key !== "", "a text that is not empty"],
  from: [({ from }) => from === "enqueue" || from === "fetch", '"enqueue" or "fetch"'],
  until: [
    ({ until, from, rate }) =>
      rate === undefined
        ? UNTIL.has(until) && !(from === "fetch" && until === "fetched")
        : until === "fetched",
    '"fetched", "settled", "attempted", "finished", "over" or "time"; "fetched" with a rate, and of others only from enqueue',
  ],
  seconds: [
    ({ seconds, until }) => (seconds === undefined ? until !== "time" : seconds > 0),
    'a number above 0, which "time" needs',
  ],
  whenFull: [
    ({ whenFull, from }) =>
      whenFull === "refuse" ||
      whenFull === "park" ||
      (whenFull === "replace" && from === "enqueue"),
    '"refuse" or "park", or, from enqueue, "replace"',
  ],
  to: [({ to = 1 }) => to >= 0, "a number of at least 0"],
  rate: [
    ({ rate, from }) => rate === undefined || (from === "fetch" && isRate(rate)),
    "of a hold from fetch: to and seconds above 0, and burst of at least 1",
  ],
  waitsFor: [
    ({ waitsFor, whenFull, from }) =>
      waitsFor === undefined ||
      (WAITS_FOR.has(waitsFor) && whenFull === "park" && from === "enqueue"),
    '"free", "empty" or "death", of a hold from enqueue that parks',
  ],
  dueWithin: [
    ({ dueWithin, whenFull }) =>
      dueWithin === undefined || (dueWithin >= 0 && whenFull === "replace"),
    "a number of at least 0, of a hold that replaces",
  ],
} as const satisfies Readonly<Record<keyof Hold, Rule>>;

const FIELDS = Object.keys(RULES) as (keyof typeof RULES)[];
const UNTIL: ReadonlySet<string> = new Set<Hold["until"]>([
  "fetched",
  "settled",
  "attempted",
  "finished",
  "over",
  "time",
]);
const WAITS_FOR: ReadonlySet<string> = new Set<Hold["waitsFor"] & string>([
  "free",
  "empty",
  "death",
]);

function isRate({ to, seconds, burst }: Rate): boolean {
  return to > 0 && seconds > 0 && burst >= 1;
}
