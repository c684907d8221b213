import type { Adapter } from "../../adapters/adapter.ts";
import { queueKey, type Rate } from "../../adapters/hold.ts";
import type { Holds, KeyState } from "../../adapters/holds.ts";
import { ConfigurationError } from "../../support/errors.ts";

/** The limit of a queue at one moment. */
export interface QueueLimitStats {
  /** How many of its jobs run at once; `undefined`: any number. */
  readonly concurrency: number | undefined;
  /** How many start in which time; `undefined`: any number. */
  readonly rate: Rate | undefined;
  /** How many of its jobs run now. */
  readonly running: number;
}

const PAGE = 500;

/** The limits of all queues that have one, by their names. */
export async function limitsOfQueues({
  holds,
}: Adapter): Promise<ReadonlyMap<string, QueueLimitStats>> {
  const found = new Map<string, QueueLimitStats>();
  let cursor: string | undefined;
  do {
    const page = await holds?.keys(queueKey(""), cursor, PAGE);
    for (const state of page?.keys ?? []) {
      const limit = statsOf(state);
      if (limit !== undefined) found.set(state.key.slice(queueKey("").length), limit);
    }
    cursor = page?.cursor;
  } while (cursor !== undefined);
  return found;
}

/** @returns `undefined` where it has none. */
export async function limitOfQueue(
  { holds }: Adapter,
  name: string,
): Promise<QueueLimitStats | undefined> {
  const [state] = (await holds?.read([queueKey(name)])) ?? [];
  return state && statsOf(state);
}

/** @throws {ConfigurationError} if the store knows no limits. */
export function holdsOf({ name, holds }: Adapter, what: string): Holds {
  if (holds === undefined) {
    throw new ConfigurationError(
      `Cannot limit ${what}: adapter "${name}" keeps no holds. Use one that does, such as Redis's`,
    );
  }
  return holds;
}

function statsOf({ to = Infinity, rate, held: running }: KeyState): QueueLimitStats | undefined {
  const concurrency = to === Infinity ? undefined : to;
  return concurrency === undefined && rate === undefined
    ? undefined
    : { concurrency, rate, running };
}
