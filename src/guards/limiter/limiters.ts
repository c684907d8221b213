import type { Adapter } from "../../adapters/adapter.ts";
import type { KeyState } from "../../adapters/holds.ts";
import { settings } from "../../job/settings/settings.ts";
import { KINDS, LIMITER, type LimiterKind } from "./limiter-kind.ts";

/** A limiter as operators see it. */
export interface LimiterState {
  /** As it was given to `limiter`. */
  readonly name: string;
  /** How it limits. */
  readonly kind: LimiterKind;
  /** How many calls, or points, there may be at once, or in its time. */
  readonly size: number;
  /** How many of those are taken now: they go on, began in its time, or have not drained. */
  readonly used: number;
  /** What the store calls it, for `releaseLock` and the like. */
  readonly key: string;
}

/** Keys that are read at a time. */
const PAGE = 100;

/**
 * Limiters that are in use, of all processes, in no order: those that were not used for a while,
 * and are empty, are not known.
 *
 * @param adapter @default the one of `configure`
 *
 * @example
 * ```ts
 * import { limiters } from "mandate";
 *
 * for await (const { kind, name, used, size } of limiters()) {
 *   console.log(`${kind} ${name}: ${used} of ${size}`);
 * }
 * ```
 */
export async function* limiters(
  adapter: Adapter = settings().adapter,
): AsyncGenerator<LimiterState, void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await adapter.holds?.keys(LIMITER, cursor, PAGE);
    for (const state of page?.keys ?? []) {
      const found = limiterOf(state);
      if (found !== undefined) yield found;
    }
    cursor = page?.cursor;
  } while (cursor !== undefined);
}

function limiterOf({ key, to = 1, rate, held, left = 0 }: KeyState): LimiterState | undefined {
  const [, word, ...rest] = key.split(":");
  const kind = KINDS.find((each) => each === word);
  if (kind === undefined) {
    return undefined;
  }
  const name = rest.join(":");
  if (rate === undefined) {
    return { key, kind, name, size: to, used: held };
  }
  const size = rate.aligned === true ? rate.to : rate.burst;
  // What drains is no whole number.
  return { key, kind, name, size, used: Number((size - left).toFixed(3)) };
}
