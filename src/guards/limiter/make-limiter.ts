import { checkInteger, checkName, checkOptionNames, describe } from "../../job/checks/checks.ts";
import { checkDate } from "../../job/checks/last-date.ts";
import { warnOfMilliseconds } from "../../job/declare/likely-milliseconds.ts";
import { seconds, type Duration } from "../../support/duration.ts";
import { Limiter, PointsLimiter } from "./limiter.ts";
import { fullName, type LimiterKind } from "./limiter-kind.ts";
import type { Limits } from "./passing.ts";

/** What every limiter takes. */
interface WaitOption {
  /**
   * How long a call waits where the limiter is full, in **seconds** or as a string; `0`: not at
   * all. Where it is known that it will not be free by then, it does not wait. @default 5
   */
  readonly wait?: Duration | undefined;
}

/** What `limiter.concurrent` takes. */
export interface ConcurrentOptions extends WaitOption {
  /** How many calls go on at once, at least 1. @default 1 */
  readonly to?: number | undefined;
  /**
   * After so long a call counts no more, though it may go on: its process may have died. Give more
   * than a call takes. @default 30
   */
  readonly hold?: Duration | undefined;
}

/** What `limiter.bucket` and `limiter.window` take. */
export interface PeriodOptions extends WaitOption {
  /** How many calls there are in `per`, at least 1. */
  readonly to: number;
  /** In **seconds**, or as a string such as `"1 minute"`. */
  readonly per: Duration;
}

/** What `limiter.leaky` takes. */
export interface LeakyOptions extends WaitOption {
  /** How many calls there may be at once, at least 1. */
  readonly size: number;
  /** In which time a full bucket is empty again: **seconds**, or a string such as `"1 minute"`. */
  readonly drain: Duration;
}

/** What `limiter.points` takes. */
export interface PointsOptions extends WaitOption {
  /** How many points there are at most. */
  readonly size: number;
  /** How many come back each second. */
  readonly refill: number;
}

/**
 * Limits for code, inside of jobs and outside, shared by all processes that use the same store:
 * Sidekiq Enterprise's. Limiters of the same kind and name are the same limiter, wherever they are
 * made; the latest numbers count for all.
 *
 * Where the limit is one of whole jobs, `limitConcurrency` and `limitRate` are better: jobs wait in
 * line then, and hold no slot.
 *
 * @example
 * ```ts
 * import { Command, limiter } from "mandate";
 *
 * const erp = limiter.concurrent("erp", { to: 50, wait: "5 seconds", hold: "1 minute" });
 *
 * class SyncOrder extends Command.initializeWith((id: number) => ({ id })) {
 *   async call() {
 *     await erp.within(() => fetch(`https://erp.example/orders/${this.id}`));
 *   }
 * }
 * ```
 *
 * @see https://github.com/sidekiq/sidekiq/wiki/Ent-Rate-Limiting
 */
export const limiter: LimiterMaker = {
  concurrent(name, options = {}) {
    const where = checked("concurrent", name, options, ["to", "wait", "hold"]);
    const { to = 1, hold = 30 } = options;
    checkInteger(to, `to of ${where}`, 1);
    const held = lengthOf(hold, `hold of ${where}`);
    return new Limiter(limits("concurrent", name, { options, period: held, take: { to } }));
  },

  bucket(name, options) {
    const { to, per } = checkedPeriod("bucket", name, options);
    const rate = { to, seconds: per, burst: to, aligned: true };
    return new Limiter(limits("bucket", name, { options, period: per, take: { rate } }));
  },

  window(name, options) {
    const { to, per } = checkedPeriod("window", name, options);
    return new Limiter(limits("window", name, { options, period: per, take: { to } }));
  },

  leaky(name, options) {
    const where = checked("leaky", name, options, ["size", "drain", "wait"]);
    const { size } = options;
    checkInteger(size, `size of ${where}`, 1);
    const drain = lengthOf(options.drain, `drain of ${where}`);
    const rate = { to: size, seconds: drain, burst: size };
    return new Limiter(limits("leaky", name, { options, period: drain, take: { rate } }));
  },

  points(name, options) {
    const where = checked("points", name, options, ["size", "refill", "wait"]);
    const { size, refill } = options;
    checkInteger(size, `size of ${where}`, 1);
    if (typeof refill !== "number" || !(refill > 0 && refill < Infinity)) {
      throw new RangeError(
        `Cannot use ${describe(refill)} as refill of ${where}: give a number of points per second above 0`,
      );
    }
    const rate = { to: refill, seconds: 1, burst: size };
    const period = size / refill;
    return new PointsLimiter(limits("points", name, { options, period, take: { rate } }), size);
  },
};

/** Makes limiters. */
export interface LimiterMaker {
  /** At most `to` calls go on at once: a mutex where that is 1. */
  concurrent(name: string, options?: ConcurrentOptions): Limiter;
  /**
   * At most `to` calls begin in each `per` of the store's clock: an hour begins on the hour, a day
   * at midnight, UTC. At the end of one and the beginning of the next there may be twice as many.
   */
  bucket(name: string, options: PeriodOptions): Limiter;
  /** At most `to` calls begin in any `per`, wherever that begins. */
  window(name: string, options: PeriodOptions): Limiter;
  /**
   * At most `size` calls begin at once, and then as many in each `drain`, evenly spread: in any
   * time of w seconds no more than `size` + w × `size` / `drain`.
   */
  leaky(name: string, options: LeakyOptions): Limiter;
  /**
   * As leaky, but each call costs so many points: estimated before, and put right after. At most
   * `size` are spent at once, and `refill` come back each second.
   */
  points(name: string, options: PointsOptions): PointsLimiter;
}

/** @returns what messages call it. */
function checked(
  kind: LimiterKind,
  name: unknown,
  options: object,
  known: readonly string[],
): string {
  checkName(name, `limiter.${kind}`, "a name");
  const where = fullName(kind, name);
  checkOptionNames(options, known, `the options of ${where}`);
  return where;
}

function checkedPeriod(
  kind: LimiterKind,
  name: string,
  options: PeriodOptions,
): { readonly to: number; readonly per: number } {
  const where = checked(kind, name, options, ["to", "per", "wait"]);
  checkInteger(options.to, `to of ${where}`, 1);
  return { to: options.to, per: lengthOf(options.per, `per of ${where}`) };
}

function lengthOf(duration: Duration, where: string): number {
  const length = checkDate(seconds(duration, where), where);
  warnOfMilliseconds(duration, where);
  if (length === 0) {
    throw new RangeError(`Cannot use ${describe(duration)} as ${where}: give more than 0 seconds`);
  }
  return length;
}

function limits(
  kind: LimiterKind,
  name: string,
  {
    options: { wait = 5 },
    period,
    take,
  }: {
    readonly options: WaitOption;
    readonly period: number;
    readonly take: Omit<Limits["take"], "seconds">;
  },
): Limits {
  const where = `wait of ${fullName(kind, name)}`;
  const waited = checkDate(seconds(wait, where), where);
  warnOfMilliseconds(wait, where);
  return { kind, name, take: { ...take, seconds: period }, wait: waited, period };
}
