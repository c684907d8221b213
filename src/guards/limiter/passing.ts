import type { Adapter } from "../../adapters/adapter.ts";
import type { Holds, TakeOptions } from "../../adapters/holds.ts";
import { settings } from "../../job/settings/settings.ts";
import { runningJob } from "../../job/surroundings/current-job.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { newJid } from "../../support/jid.ts";
import { logSafely } from "../../support/logger.ts";
import { KeyLine, type TakenSoon } from "./key-line.ts";
import { fullName, keyOf, type LimiterKind } from "./limiter-kind.ts";
import { OverLimitError } from "./over-limit-error.ts";

/** What a limiter is. */
export interface Limits {
  readonly kind: LimiterKind;
  readonly name: string;
  /** What each call takes of the store. */
  readonly take: TakeOptions;
  /** For how many seconds a call waits. */
  readonly wait: number;
  /** Its own measure of time, seconds. */
  readonly period: number;
}

/** One call that was let in. */
export interface Passing {
  readonly adapter: Adapter;
  readonly holds: Holds;
  readonly holder: string;
}

/** Lines of those that wait in this process, by adapter and key. */
const lines = new WeakMap<Adapter, Map<string, KeyLine>>();

/**
 * Lets a call in, as soon as the limiter does.
 *
 * @param tokens Of a rate, how many it takes.
 * @throws {OverLimitError} if that takes too long.
 */
export async function enter(
  { kind, name, take, wait, period }: Limits,
  signal: AbortSignal | undefined,
  tokens = 1,
): Promise<Passing> {
  const { adapter } = settings();
  const holds = holdsOf(adapter, fullName(kind, name));
  const job = runningJob();
  const holder = `${job === undefined ? `pid-${process.pid}` : job.job.id}:${newJid()}`;
  const key = keyOf(kind, name);
  const run = job !== undefined && kind === "concurrent" ? { run: job.job.id } : {};
  const options = { ...take, ...run, ...(take.rate && { tokens }) };
  const ofAdapter = linesOf(adapter);
  const line = ofAdapter.get(key) ?? new KeyLine();
  ofAdapter.set(key, line);
  try {
    const { taken, retryIn } = await line.acquire({
      wait,
      signal: signal ?? job?.signal,
      isTimed: kind !== "concurrent",
      take: () => takeNow(adapter, () => holds.take(key, holder, options)),
    });
    if (!taken) {
      throw new OverLimitError({ kind, name, retryIn, period, wait });
    }
  } finally {
    if (line.isEmpty && ofAdapter.get(key) === line) ofAdapter.delete(key);
  }
  return { adapter, holds, holder };
}

/**
 * A call has ended. Whatever it came to counts: where the store does not answer, the key is free
 * once its time is over.
 *
 * @param unused Of a rate: how many tokens it did not need; below 0, how many it needed besides.
 */
export async function leave(
  { kind, name, take }: Limits,
  { adapter, holds, holder }: Passing,
  unused = 0,
): Promise<void> {
  const key = keyOf(kind, name);
  const { logger } = settings();
  try {
    if (kind === "concurrent" && !(await holds.giveBack(key, holder))) {
      const text =
        `What ran within ${fullName(kind, name)} took longer than its hold, ${take.seconds} s, or than its job: ` +
        "others may have run beside it. Raise hold";
      logSafely(logger, "warn", {}, text);
    } else if (unused !== 0) {
      await holds.giveBack(key, holder, unused);
    }
  } catch (error) {
    logSafely(logger, "warn", { err: error }, `Could not give back ${fullName(kind, name)}`);
  }
  linesOf(adapter).get(key)?.wake();
}

/** By the store's clock it is known when a key is free; a machine's own may be another. */
async function takeNow(
  { store }: Adapter,
  take: () => ReturnType<Holds["take"]>,
): Promise<TakenSoon> {
  const { taken, retryAt } = await take();
  return retryAt === undefined ? { taken } : { taken, retryIn: retryAt - (await store.now()) };
}

function linesOf(adapter: Adapter): Map<string, KeyLine> {
  let found = lines.get(adapter);
  if (found === undefined) {
    found = new Map();
    lines.set(adapter, found);
  }
  return found;
}

/** @throws {ConfigurationError} if the store keeps none. */
function holdsOf({ name, capabilities, holds }: Adapter, limiter: string): Holds {
  if (!capabilities.holds || holds === undefined) {
    throw new ConfigurationError(
      `Cannot use ${limiter}: the adapter "${name}" keeps no limits. Use memory or Redis`,
    );
  }
  return holds;
}
