import type { Adapter } from "../../adapters/adapter.ts";
import type { Holds } from "../../adapters/holds.ts";
import { settings } from "../../job/settings/settings.ts";
import { UNIQUE } from "./unique-key.ts";

/** A key of unique jobs, and who has it. */
export interface Lock {
  /** Such as `unique:SyncAccount:7`. */
  readonly key: string;
  /** The jid of the job that holds it. */
  readonly holder: string;
  /** Since when it is held. */
  readonly since: Date;
  /** Until when, whatever becomes of the job; `undefined`: as long as its class says. */
  readonly until: Date | undefined;
}

/** Keys in one page. */
const PAGE = 100;

/**
 * The keys that unique jobs hold now, in no order: those of `unique` and of `debounce`.
 *
 * They are read page by page. One that is taken or freed meanwhile may be there or not.
 *
 * @param adapter @default the one of `configure`
 * @throws {AdapterError} if the store does not answer.
 *
 * @example
 * ```ts
 * import { locks, releaseLock } from "mandate";
 *
 * for await (const { key, holder, since } of locks()) {
 *   console.log(`${key} is held by job ${holder} since ${since.toISOString()}`);
 * }
 * await releaseLock("unique:SyncAccount:7");
 * ```
 */
export async function* locks(adapter: Adapter = settings().adapter): AsyncGenerator<Lock, void> {
  const { holds } = adapter;
  if (holds === undefined) return;
  let cursor: string | undefined;
  do {
    const page = await holds.keys(UNIQUE, cursor, PAGE);
    const held = page.keys.filter((state) => state.held > 0);
    const found = await Promise.all(held.map(({ key }) => locksOn(key, holds)));
    yield* found.flat();
    ({ cursor } = page);
  } while (cursor !== undefined);
}

/**
 * Lets a key go: another job may be enqueued, though the one that holds it is there. That one runs
 * all the same, and does not take the key again.
 *
 * @param key As `locks()` lists it.
 * @param adapter @default the one of `configure`
 * @returns the jids of the jobs that held it; none if nobody did.
 * @throws {AdapterError} if the store does not answer.
 */
export async function releaseLock(
  key: string,
  adapter: Adapter = settings().adapter,
): Promise<readonly string[]> {
  const { holds } = adapter;
  if (holds === undefined || !key.startsWith(UNIQUE)) return [];
  const released: string[] = [];
  for (const { holder } of await locksOn(key, holds)) {
    if (await holds.release(key, holder)) released.push(holder);
  }
  return released;
}

async function locksOn(key: string, holds: Holds): Promise<Lock[]> {
  const { holders } = await holds.holders(key, undefined, PAGE);
  return holders.map(({ holder, since, until }) => ({
    key,
    holder,
    since: dateOf(since),
    until: until === undefined ? undefined : dateOf(until),
  }));
}

function dateOf(seconds: number): Date {
  return new Date(Math.round(seconds * 1000));
}
