import type { Duration } from "../../support/duration.ts";
import { checkFunction, checkName, checkOptionNames, describe } from "../../job/checks/checks.ts";
import { checkBurst, checkMost, checkPer } from "../../job/checks/limit-numbers.ts";
import { otherLimitOptions } from "../../job/checks/other-words.ts";
import { declarationsOf, type DeclaringClass } from "../../job/declare/declarations.ts";
import type { ArgumentsOf } from "../../job/declare/job-macros.ts";
import { warnOfMilliseconds } from "../../job/declare/likely-milliseconds.ts";
import { note } from "../../job/declare/note-declaration.ts";
import { isSameLimit, type DeclaredLimit, type MostOf, type OnLimit } from "./declared-limit.ts";
import { limitsTrait } from "./limits.ts";

interface LimitOptions<Args extends readonly unknown[]> {
  /**
   * A function of the arguments: jobs for which it returns the same count together. What it returns
   * may be whatever can be deferred; records count by reference.
   *
   * @default all jobs of the class, or of the group, count together
   */
  readonly by?: (...args: Args) => unknown;
  /** A name: the jobs of all classes that give it count together. @default the class's name */
  readonly group?: string;
  /**
   * What becomes of a job that is over the limit as it comes to be started: it waits, blocked, and
   * starts once it may; or it is discarded, where waiting makes no sense.
   *
   * @default "wait"
   */
  readonly onLimit?: OnLimit;
}

/** What `limitConcurrency` takes. */
export interface ConcurrencyOptions<
  Args extends readonly unknown[] = readonly never[],
> extends LimitOptions<Args> {
  /**
   * How many run at once, at least 1; `Infinity`: any number. A function of the arguments says it
   * for each job as it is deferred; of several that count together the latest deferred holds for
   * all.
   */
  readonly to: MostOf<Args>;
}

/** What `limitRate` takes. */
export interface RateOptions<
  Args extends readonly unknown[] = readonly never[],
> extends LimitOptions<Args> {
  /**
   * How many start in `per`, on average, at least 1; `Infinity`: any number. A function of the
   * arguments says it for each job as it is deferred; of several that count together the latest
   * deferred holds for all.
   */
  readonly to: MostOf<Args>;
  /** In which time: **seconds**, or a string such as `"1 minute"`. */
  readonly per: Duration;
  /**
   * How many may start at once, where none did before. In any window of w seconds no more start
   * than w × `to` / `per` + `burst`.
   *
   * @default a tenth of `to`, at least 1
   */
  readonly burst?: number;
}

export abstract class LimitsMacros {
  /**
   * At most `to` of these jobs run at once, in all workers together. One more is blocked, with the
   * reason in every listing, and starts within milliseconds of the end of another, first in first
   * out. A class may have several limits, by several groups, and with a rate; it inherits those of
   * its parents, and replaces one by another of the same group.
   *
   * Turns belong to jobs: those of a worker that dies are free with its lease. A call inline takes
   * none.
   *
   * @throws {RangeError | TypeError} if an option is of the wrong type, or out of range.
   * @throws {UnknownOptionError} if there is no such option.
   *
   * @example
   * ```ts
   * import { Command } from "mandate";
   *
   * class Charge extends Command.initializeWith((account: string, cents: number) => ({ account, cents })) {
   *   static {
   *     this.limitConcurrency({ to: 2, by: (account) => account, group: "stripe" });
   *   }
   *
   *   async call() {}
   * }
   * ```
   */
  static limitConcurrency<This extends DeclaringClass>(
    this: This,
    options: ConcurrencyOptions<ArgumentsOf<This>>,
  ): void {
    const where = `limitConcurrency of ${this.name}`;
    checkOptionNames(options, ["to", "by", "group", "onLimit"], where, otherLimitOptions);
    addLimit(this, { ...checked(options, where), macro: "limitConcurrency" });
  }

  /**
   * At most `to` of these jobs start in `per`, and `burst` of them at once. One more is blocked,
   * and starts as soon as it may; nothing is retried meanwhile. Otherwise as `limitConcurrency`. A
   * job that is tried again counts again.
   *
   * @throws {RangeError | TypeError} if an option is of the wrong type, or out of range.
   * @throws {UnknownOptionError} if there is no such option.
   * @throws {InvalidDurationError} if `per` is none.
   */
  static limitRate<This extends DeclaringClass>(
    this: This,
    options: RateOptions<ArgumentsOf<This>>,
  ): void {
    const where = `limitRate of ${this.name}`;
    const names = ["to", "per", "burst", "by", "group", "onLimit"];
    checkOptionNames(options, names, where, otherLimitOptions);
    const { per, burst } = options;
    if (per === undefined) {
      throw new TypeError(
        `Cannot use ${where} without per: give the time in which so many start, such as "1 minute"`,
      );
    }
    const seconds = checkPer(per, where);
    warnOfMilliseconds(per, `per in ${where}`);
    checkBurst(burst, where);
    addLimit(this, { ...checked(options, where), macro: "limitRate", seconds, burst });
  }
}

function checked<Args extends readonly unknown[]>(
  { to, by, group, onLimit = "wait" }: LimitOptions<Args> & { readonly to: MostOf<Args> },
  where: string,
): Omit<DeclaredLimit, "macro" | "declaring"> {
  if (typeof to !== "function") {
    checkMost(to, `to in ${where}`);
  }
  if (by !== undefined) {
    checkFunction(by, `by in ${where}`, "a function of the arguments");
  }
  if (group !== undefined) {
    checkName(group, where, "a group");
  }
  if (onLimit !== "wait" && onLimit !== "discard") {
    throw new TypeError(
      `Cannot use ${describe(onLimit)} as onLimit in ${where}: give "wait" or "discard"`,
    );
  }
  return { to, by, group, onLimit, seconds: 0, burst: undefined };
}

function addLimit(declaring: DeclaringClass, limit: Omit<DeclaredLimit, "declaring">): void {
  const added = { ...limit, declaring };
  const before = limitsTrait.of(declarationsOf(declaring));
  if (before.some((each) => each.declaring === declaring && isSameLimit(each, added))) {
    const how = limit.by === undefined ? "" : " by a function";
    throw new TypeError(
      `Cannot declare ${limit.macro} of ${declaring.name}${how} twice: both would count the same jobs. Give one of them another group`,
    );
  }
  note(declaring, limitsTrait, [added]);
}
