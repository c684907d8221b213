import type { Hold } from "../../src/adapters/hold.ts";

/** A queue of which at most {@link LIMIT} jobs run at once. */
export const LIMITED = "limited";
export const LIMIT = 3;

/** What a job has to hold: by its jid, so that one that is sent again has the same, and its code knows. */
export function holdsOf(jid: string): readonly Hold[] | undefined {
  const number = Number.parseInt(jid.slice(0, 8), 16);
  return KINDS[number % SHARE]?.(number >>> 8);
}

/** Keys of which so many run at once at most, as long as no lease is lost. */
export function limitsOf(jid: string, queue: string): readonly (readonly [string, number])[] {
  const held = (holdsOf(jid) ?? []).flatMap(({ key, until, seconds, to = 1 }) =>
    (until === "settled" || until === "finished") && seconds === undefined && to < Infinity
      ? [[key, to] as const]
      : [],
  );
  return queue === LIMITED ? [...held, [`queue:${LIMITED}`, LIMIT]] : held;
}

/** Whether a store may not accept it, let it become another, or hand it out only to be discarded. */
export function mayNotRun(jid: string): boolean {
  return holdsOf(jid)?.some(({ to, whenFull }) => whenFull !== "park" && to !== Infinity) === true;
}

const turn = (key: string, to = 2): Hold => {
  return { key, from: "fetch", until: "settled", whenFull: "park", to };
};

const line = (key: string, more: Partial<Hold> = {}): Hold => {
  return { key, from: "enqueue", until: "finished", whenFull: "park", ...more };
};

const member = (key: string, until: Hold["until"]): Hold => {
  return { key, from: "enqueue", until, whenFull: "refuse", to: Infinity };
};

const unique = (key: string, more: Partial<Hold> = {}): Hold => {
  return { key, from: "enqueue", until: "finished", whenFull: "refuse", ...more };
};

/** Holds of every kind. */
const KINDS: readonly ((number: number) => readonly Hold[])[] = [
  (number) => [turn(`turn${number % 3}`)],
  (number) => [turn(`turn${number % 3}`), turn(`other${number % 2}`, 3)],
  (number) => [{ ...turn(`once${number % 5}`, 1), until: "finished" }],
  () => [{ ...turn("rate"), until: "fetched", rate: { to: 100, seconds: 1, burst: 10 } }],
  (number) => [line(`line${number % 20}`)],
  (number) => [line(`started${number % 20}`, { until: "fetched" })],
  (number) => [line(`time${number % 50}`, { until: "time", seconds: 0.1 })],
  () => [member("batch", "over"), member("attempts", "attempted")],
  (number) => [line(`line${number % 20}`), turn(`turn${number % 3}`), member("batch", "over")],
  (number) => [line(`safe${number % 10}`, { seconds: 5 })],
  (number) => [unique(`unique${number % 40}`)],
  (number) => [unique(`until-started${number % 40}`, { until: "fetched" })],
  (number) => [unique(`for-a-time${number % 40}`, { until: "time", seconds: 0.5 })],
  (number) => [unique(`and-a-turn${number % 40}`), turn(`turn${number % 3}`)],
  (number) => [{ ...turn(`discard${number % 5}`), whenFull: "refuse" }],
  (number) => [unique(`latest${number % 30}`, { whenFull: "replace" })],
  (number) => [
    unique(`debounced${number % 20}`, { until: "fetched", whenFull: "replace", dueWithin: 2 }),
  ],
  // Whoever replaces another runs under its jid, by which the code knows what it holds.
  (number) => [unique(`both${number % 21}`, { whenFull: "replace" }), turn(`turn${number % 3}`)],
];

/** Of so many jobs one has each of them; the others have none. */
const SHARE = 32;
