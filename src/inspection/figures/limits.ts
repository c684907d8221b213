import type { Adapter } from "../../adapters/adapter.ts";
import { shownKey, type Rate } from "../../adapters/hold.ts";
import type { KeyState } from "../../adapters/holds.ts";
import { settings } from "../../job/settings/settings.ts";
import { limitedJobs } from "../lists/queue-jobs.ts";

/** A limit for which jobs wait. */
export interface LimitStats {
  /** Which: "limit stripe:42". */
  readonly limit: string;
  /** The key that the store knows it by. */
  readonly key: string;
  /** How many jobs may run at once; `undefined` of a rate. */
  readonly to: number | undefined;
  /** How many jobs may start in which time; `undefined` where it limits how many run. */
  readonly rate: Rate | undefined;
  /** How many run now that count; 0 of a rate. */
  readonly running: number;
  /** How many wait for it. */
  readonly waiting: number;
}

/** Of the jobs of each queue that are over a limit so many are asked which. */
const LOOKED_AT = 100;

/**
 * The limits for which jobs wait, the one with the longest line first: of those for which the first
 * hundred blocked jobs of each queue wait.
 *
 * @param adapter @default the one of `configure`
 *
 * @example
 * ```ts
 * import { limitStats } from "mandate";
 *
 * for (const { limit, to, running, waiting } of await limitStats()) {
 *   console.log(`${limit}: ${running} of ${to} run, ${waiting} wait`);
 * }
 * ```
 */
export async function limitStats(
  adapter: Adapter = settings().adapter,
): Promise<readonly LimitStats[]> {
  const lists = await limitedJobs(adapter);
  const pages = await Promise.all(
    lists.map(({ name: queue }) =>
      adapter.store.page({ queue, parked: true }, undefined, LOOKED_AT),
    ),
  );
  const keys = new Set(pages.flatMap(({ jobs }) => jobs.flatMap(({ waitsFor = [] }) => waitsFor)));
  const states = (keys.size > 0 ? await adapter.holds?.read([...keys]) : undefined) ?? [];
  return states
    .flatMap((state) => (state === undefined || state.waiting === 0 ? [] : [statsOf(state)]))
    .toSorted((one, other) => other.waiting - one.waiting);
}

function statsOf({ key, to = Infinity, rate, held, waiting }: KeyState): LimitStats {
  const limit = shownKey(key);
  return { limit, key, to: to === Infinity ? undefined : to, rate, running: held, waiting };
}
