import { checkFunction, checkOptionNames, describe } from "../../job/checks/checks.ts";
import { checkDate } from "../../job/checks/last-date.ts";
import type { DeclaringClass } from "../../job/declare/declarations.ts";
import type { ArgumentsOf } from "../../job/declare/job-macros.ts";
import { warnOfMilliseconds } from "../../job/declare/likely-milliseconds.ts";
import { note } from "../../job/declare/note-declaration.ts";
import type { RunnableClass } from "../../job/declare/registry.ts";
import { seconds, type Duration } from "../../support/duration.ts";
import { UNIQUE_JOBS, uniqueTrait, type Uniqueness } from "./uniqueness.ts";

/** What a key is made of. */
interface KeyOptions<Declaring> {
  /**
   * What the job is about, of the arguments as they were given: anything that can be deferred. Jobs
   * of the class for which it returns the same are duplicates of each other.
   *
   * @default all arguments
   */
  readonly by?: (...args: ArgumentsOf<Declaring>) => unknown;
}

/** How `unique` keeps jobs from being there twice. */
export interface UniqueOptions<Declaring = DeclaringClass> extends KeyOptions<Declaring> {
  /**
   * When another may be enqueued. `"finished"`: when the job is over or dead, and not while it is
   * retried. `"started"`: when a run of it begins. `"expired"`: `ttl` after it was enqueued,
   * whatever became of it.
   *
   * @default "finished"
   */
  readonly until?: "finished" | "started" | "expired";
  /**
   * What becomes of a duplicate. `"skip"`: it is not enqueued. `"raise"`: `defer` rejects with
   * `DuplicateJobError`. `"replace"`: the job that waits takes over its arguments, queue, priority
   * and time, and keeps its id and what waits for it; one that runs is left alone, and the new one
   * waits until it has ended.
   *
   * @default "skip"
   */
  readonly onConflict?: "skip" | "raise" | "replace";
  /**
   * So long after a job was enqueued another may be, though it lives: **seconds**, or a string such
   * as `"1 hour"`. Needed for `"expired"`, else a safety net. @default none
   */
  readonly ttl?: Duration;
  /** Other classes that are unique: their jobs are duplicates of this one's, and vice versa. */
  readonly across?: readonly DeclaringClass[];
}

/** How `debounce` tells jobs apart, and how long it waits. */
export interface DebounceOptions<Declaring = DeclaringClass> extends KeyOptions<Declaring> {
  /**
   * So long after the first call the job is due at the latest: **seconds**, or a string such as
   * `"1 minute"`. @default any time
   */
  readonly maxWait?: Duration;
}

export abstract class UniqueMacro {
  /**
   * Of jobs that are alike one is there at a time: while it is, `defer` makes no second one, and
   * returns the handle of the first (`isDuplicate`). What is called inline is not guarded. `false`
   * takes back what a parent declared.
   */
  static unique<This extends DeclaringClass>(
    this: This,
    options: UniqueOptions<This> | false = {},
  ): void {
    note(this, uniqueTrait, options === false ? undefined : readUnique(this, options));
  }

  /**
   * Of many calls that are alike one job runs: with the arguments of the last, `duration` after it.
   * A call that comes while the job runs makes the next one.
   *
   * @param duration **Seconds**, or a string such as `"5 seconds"`.
   */
  static debounce<This extends DeclaringClass>(
    this: This,
    duration: Duration,
    options: DebounceOptions<This> = {},
  ): void {
    const where = `debounce of ${this.name}`;
    checkOptionNames(options, ["by", "maxWait"], where);
    const { by, maxWait } = options;
    const wait = readTime(duration, where);
    const dueWithin = maxWait === undefined ? undefined : readTime(maxWait, `maxWait in ${where}`);
    if (dueWithin !== undefined && dueWithin < wait) {
      throw new RangeError(
        `Cannot use ${describe(maxWait)} as maxWait in ${where}: it is shorter than what each call waits, ` +
          `${describe(duration)}. Give more`,
      );
    }
    note(this, uniqueTrait, {
      ...UNIQUE_JOBS,
      macro: "debounce",
      by: readBy(by, where),
      until: "fetched",
      onConflict: "replace",
      wait,
      dueWithin,
    });
  }
}

const HELD_UNTIL = { finished: "finished", started: "fetched", expired: "time" } as const;
const CONFLICTS = ["skip", "raise", "replace"] as const;

function readUnique<This extends DeclaringClass>(
  declaring: This,
  options: UniqueOptions<This>,
): Uniqueness {
  const where = `unique of ${declaring.name}`;
  checkOptionNames(options, ["by", "until", "onConflict", "ttl", "across"], where);
  const { by, until = "finished", onConflict = "skip", ttl, across = [] } = options;
  if (!Object.hasOwn(HELD_UNTIL, until)) {
    throw new TypeError(
      `Cannot use ${describe(until)} as until in ${where}: give "finished", "started" or "expired"`,
    );
  }
  if (!CONFLICTS.includes(onConflict)) {
    throw new TypeError(
      `Cannot use ${describe(onConflict)} as onConflict in ${where}: give "skip", "raise" or "replace"`,
    );
  }
  if (until === "expired" && ttl === undefined) {
    throw new TypeError(
      `Cannot use until: "expired" without ttl in ${where}: say how long, as in ttl: "1 hour"`,
    );
  }
  return {
    macro: "unique",
    by: readBy(by, where),
    until: HELD_UNTIL[until],
    onConflict,
    across: readAcross(across, where),
    seconds: ttl === undefined ? undefined : readTime(ttl, `ttl in ${where}`),
  };
}

function readBy(by: Uniqueness["by"], where: string): Uniqueness["by"] {
  if (by !== undefined) {
    checkFunction(by, `by of ${where}`);
  }
  return by;
}

function readTime(duration: Duration, where: string): number {
  warnOfMilliseconds(duration, where);
  const time = checkDate(seconds(duration, where), where);
  if (time === 0) {
    throw new RangeError(`Cannot use 0 as ${where}: give a duration above 0`);
  }
  return time;
}

function readAcross(across: unknown, where: string): readonly RunnableClass[] {
  const areClasses = Array.isArray(across) && across.every((each) => typeof each === "function");
  if (!areClasses) {
    throw new TypeError(
      `Cannot use ${describe(across)} as across in ${where}: give an array of classes`,
    );
  }
  return across as readonly RunnableClass[];
}
