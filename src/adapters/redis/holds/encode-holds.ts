import type { Entry } from "../../adapter.ts";
import type { Hold } from "../../hold.ts";
import type { KeyLimit } from "../../holds.ts";

/** Letters that `holds` in shared/holds.lua knows them by. */
export const UNTIL: Readonly<Record<Hold["until"], string>> = {
  fetched: "b",
  settled: "s",
  attempted: "a",
  finished: "f",
  over: "o",
  time: "t",
};
export const FROM = { enqueue: "e", fetch: "f" } as const;
export const WHEN_FULL = { refuse: "r", park: "p", replace: "x" } as const;
export const WAITS_FOR = { free: "f", empty: "e", death: "d" } as const;

/** In place of the burst of a rate whose windows go by the clock. */
export const ALIGNED = -1;

/** What a job has to hold, as shared/holds.lua keeps it; "" where that is nothing. */
export function encodeHolds({ holds = [], expiresAt = 0 }: Entry): string {
  return holds.length === 0 ? "" : `[${expiresAt},${holds.map(textOf).join(",")}]`;
}

/**
 * As `encodeHolds`, for enqueue-holding.lua: of a job that has but a lock (shared/holds/locks.lua),
 * the key of that behind "=".
 */
export function encodeHeld(entry: Entry): string {
  const { holds, expiresAt = 0 } = entry;
  const hold = holds?.length === 1 && expiresAt === 0 ? holds[0] : undefined;
  return hold !== undefined && isLock(hold) ? `=${hold.key}` : encodeHolds(entry);
}

function isLock({
  from,
  until,
  whenFull,
  to = 1,
  seconds = 0,
  rate,
  waitsFor = "free",
}: Hold): boolean {
  return (
    from === "enqueue" &&
    until === "finished" &&
    whenFull === "refuse" &&
    waitsFor === "free" &&
    to === 1 &&
    seconds === 0 &&
    rate === undefined
  );
}

/** Many jobs that follow one another have the same hold. */
const latest: { hold: Hold | undefined; text: string } = { hold: undefined, text: "" };

function textOf(hold: Hold): string {
  if (hold !== latest.hold) {
    latest.text = encodeHold(hold);
    latest.hold = hold;
  }
  return latest.text;
}

/** By hand: of a unique job this would cost as much as all else that is encoded. */
function encodeHold(hold: Hold): string {
  const { key, from, until, whenFull, waitsFor = "free", seconds = 0, rate, dueWithin } = hold;
  const letters = FROM[from] + UNTIL[until] + WHEN_FULL[whenFull] + WAITS_FOR[waitsFor];
  // Of a key that gives out tokens it does not count how often it is held.
  const to = rate === undefined ? (hold.to ?? 1) : Infinity;
  const tokens = rate === undefined ? "0,0,0" : `${rate.to},${rate.seconds},${rate.burst}`;
  const numbers = `${to === Infinity ? -1 : to},${seconds},${tokens}`;
  const last = dueWithin === undefined ? "" : `,${dueWithin}`;
  return `[${JSON.stringify(key)},"${letters}",${numbers},""${last}]`;
}

/** One that code takes: its run lets go of it. */
export function encodeTaken({
  key,
  ...hold
}: KeyLimit & Taking & { readonly key: string }): string {
  return JSON.stringify(encode(key, "csrf", hold));
}

interface Taking {
  readonly seconds: number;
  readonly holder: string;
}

function encode(key: string, letters: string, hold: KeyLimit & Taking): unknown[] {
  const { rate, seconds, holder } = hold;
  const to = hold.to ?? (rate === undefined ? 1 : Infinity);
  const tokens =
    rate === undefined
      ? [0, 0, 0]
      : [rate.to, rate.seconds, rate.aligned === true ? ALIGNED : rate.burst];
  return [key, letters, to === Infinity ? -1 : to, seconds, ...tokens, holder];
}
