import type { Adapter } from "../../adapters/adapter.ts";
import { settings } from "../../job/settings/settings.ts";
import { RecordView } from "../entries/record-view.ts";

/** Of a queue whose keys take turns: one of them. */
export interface FairKeyStats {
  /** What `fairBy` made of the arguments, as text; `undefined` for the jobs without one. */
  readonly key: string | undefined;
  /** How many of its jobs are among the first of the queue. */
  readonly waiting: number;
}

/** So many of a queue's jobs are looked at. */
const LOOKED_AT = 1_000;
const PAGE = 100;

/**
 * Which keys take turns in a queue, the one with the most jobs first: those of the queue's first
 * 1,000 jobs. As they take turns each key has a part in these; on Redis while a worker serves the
 * queue. It costs ten pages at most, however much waits.
 *
 * @param name The queue's.
 * @param adapter @default the one of `configure`
 * @returns none where no job of those has a key.
 *
 * @example
 * ```ts
 * import { fairKeys } from "mandate";
 *
 * for (const { key, waiting } of await fairKeys("imports")) {
 *   console.log(`${key ?? "without a key"}: ${waiting} of the next 1,000`);
 * }
 * ```
 */
export async function fairKeys(
  name: string,
  adapter: Adapter = settings().adapter,
): Promise<readonly FairKeyStats[]> {
  const counts = new Map<string | undefined, number>();
  let left = LOOKED_AT;
  let cursor: string | undefined;
  do {
    const page = await adapter.store.page({ queue: name }, cursor, Math.min(left, PAGE));
    for (const { payload } of page.jobs) {
      const key = new RecordView(payload).record?.fair_key;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    left -= page.jobs.length;
    cursor = page.cursor;
  } while (cursor !== undefined && left > 0);
  if (counts.size === 0 || (counts.size === 1 && counts.has(undefined))) {
    return [];
  }
  return [...counts]
    .map(([key, waiting]) => ({ key, waiting }))
    .toSorted((one, other) => other.waiting - one.waiting);
}
