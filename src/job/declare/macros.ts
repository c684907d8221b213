import { seconds, type Duration } from "../../support/duration.ts";
import { CallbackMacros } from "./callback-macros.ts";
import type {
  DeclaringClass,
  ErrorRule,
  JobOptions,
  RetriesExhausted,
  RetryIn,
  RetryWait,
} from "./declarations.ts";
import type { MatchedBy, RuleErrors, UntypedErrors } from "../errors/error-matcher.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import { readFinishedLimit, type FinishedLimit } from "../settings/keep-finished.ts";
import { checkJobOptions } from "./job-options.ts";
import { checkDate } from "../checks/last-date.ts";
import { warnOfMilliseconds, watchedWait } from "./likely-milliseconds.ts";
import { otherRetryOptions } from "../checks/other-words.ts";
import { note } from "./note-declaration.ts";
import { checkWait } from "./retry-policy.ts";
import { ruledErrors } from "./ruled-errors.ts";
import { checkTagSources, type TagSource } from "../handle/tags.ts";
import {
  checkFunction,
  checkInteger,
  checkName,
  checkOptionNames,
  describe,
} from "../checks/checks.ts";

/** The arguments a class is called, deferred or performed with. */
export type ArgumentsOf<Declaring> = Declaring extends {
  readonly "mandate.performs": true;
  prototype: { perform(...args: infer Args): unknown };
}
  ? Args
  : Declaring extends abstract new (...args: infer Args) => unknown
    ? Args
    : never;

/** How `retryOn` tries again. */
export interface RetryOnOptions<Thrown = unknown> {
  /** Before the next run: a number of **seconds**, or a string such as `"5 minutes"`; a function gets the number of failed runs so far. @default 3 seconds */
  readonly wait?: RetryWait<Thrown>;
  /** Runs in all, the first included. @default 5 */
  readonly attempts?: number | "unlimited";
  /** A random part on top of the wait, as a share of it. Not for a function's waits. @default 0.15 */
  readonly jitter?: number;
}

/** What may be kept of a result. */
export interface KeepResultOptions {
  /** The size of the largest, as JSON. @default 65536 */
  readonly maxBytes?: number;
}

/**
 * What a command or a job declares about itself, in a `static {}` block. Subclasses inherit it and may
 * override it: single values are replaced, rules and callbacks added, the latest rule looked at first.
 *
 * @see Active Job 8.1 and Sidekiq 8.1, whose names and orders these are
 */
export abstract class Macros extends CallbackMacros {
  /** The queue, or a function of the arguments that names it. @default the `defaultQueue` of `configure` */
  static queueAs<This extends DeclaringClass>(
    this: This,
    queue: string | ((...args: ArgumentsOf<This>) => string),
  ): void {
    if (typeof queue !== "function") {
      checkName(queue, `queueAs of ${this.name}`, "a queue");
    }
    note(this, { queue: queue as string });
  }

  /** An integer, the smaller first, or a function of the arguments. @default 0 */
  static queueWithPriority<This extends DeclaringClass>(
    this: This,
    priority: number | ((...args: ArgumentsOf<This>) => number),
  ): void {
    if (typeof priority !== "function") {
      checkInteger(priority, `queueWithPriority of ${this.name}`, Number.MIN_SAFE_INTEGER);
    }
    note(this, { priority: priority as number });
  }

  /**
   * How often a failed job is tried again. `0`: never, it is dead at once. `false`: never, and it is not
   * kept. @default the `retry` of `configure`, 25
   */
  static retry(this: DeclaringClass, retries: number | boolean): void {
    if (typeof retries !== "boolean") {
      checkInteger(retries, `retry of ${this.name}`, 0);
    }
    note(this, { retry: retries });
  }

  /** When a failed job comes again: in how many **seconds**, for one. What it throws, or an answer that is none, stands for `"default"`. */
  static retryIn(this: DeclaringClass, retryIn: RetryIn): void {
    checkFunction(retryIn, `retryIn of ${this.name}`);
    note(this, { retryIn });
  }

  /** Called when a job is out of retries, before it goes to the dead set. */
  static retriesExhausted<This extends DeclaringClass>(
    this: This,
    handler: RetriesExhausted<InstanceType<This>>,
  ): void {
    checkFunction(handler, `retriesExhausted of ${this.name}`);
    note(this, { retriesExhausted: handler });
  }

  /**
   * How long a run may take, in **seconds** or as a string such as `"5 minutes"`, callbacks and middleware included; `false`: any time, where a parent has a
   * timeout. When it is over `this.signal` is aborted, and as soon as the run has ended, however it did, the
   * job fails with `TimeoutError`. A run that does not end keeps its slot, and the log says so. Called inline
   * nothing is timed. @default none
   */
  static timeout(this: DeclaringClass, duration: Duration | false): void {
    const where = `timeout of ${this.name}`;
    const timeout = duration === false ? false : seconds(duration, where);
    if (timeout === 0) {
      throw new RangeError(`Cannot use 0 as ${where}: give more, or false for any time`);
    }
    warnOfMilliseconds(duration, where);
    note(this, { timeout });
  }

  /** Sidekiq's other job options. Those given replace, the rest stays. */
  static jobOptions(this: DeclaringClass, options: JobOptions): void {
    checkJobOptions(options, `jobOptions of ${this.name}`);
    note(this, { options });
  }

  /**
   * Words that operators see and search by, or functions of the arguments that make them. All that a class, its
   * parents and one `defer` give are a job's, each once.
   */
  static tags<This extends DeclaringClass>(
    this: This,
    ...tags: readonly (string | ((...args: ArgumentsOf<This>) => readonly string[]))[]
  ): void {
    checkTagSources(tags, `tags of ${this.name}`);
    note(this, { tags: tags as readonly TagSource[] });
  }

  /** Whether log lines show this class's arguments. @default the `logArguments` of `configure` */
  static logArguments(this: DeclaringClass, shown: boolean): void {
    note(this, { logArguments: shown });
  }

  /**
   * Keeps what a job comes to for that long after its end (**seconds**, or a string such as `"1 hour"`), so that `result()` of its handle gets it. `false` takes back what a
   * parent declared. One that is larger, written down as JSON, is not kept: the job is done all the same.
   */
  static keepResult(
    this: DeclaringClass,
    time: Duration | false,
    options: KeepResultOptions = {},
  ): void {
    const where = `keepResult of ${this.name}`;
    checkOptionNames(options, ["maxBytes"], where);
    const { maxBytes = 65_536 } = options;
    checkInteger(maxBytes, `maxBytes in ${where}`, 1);
    warnOfMilliseconds(time, where);
    const kept = time === false ? 0 : checkDate(seconds(time, where), where);
    note(this, { keepResult: time === false ? false : { seconds: kept, maxBytes } });
  }

  /**
   * Keeps this class's jobs once they are done or discarded, where operators see them (`finishedSet`). A number keeps so many, for a
   * week at most; `"2 days"` all of that time, 10,000 at most; `{ count, age }` says both; `false` keeps none.
   *
   * @default the `keepFinished` of `configure`: none
   */
  static keepFinished(this: DeclaringClass, limit: FinishedLimit): void {
    note(this, { keepFinished: readFinishedLimit(limit, `keepFinished of ${this.name}`) });
  }

  /**
   * Tries again after these errors: a class, a pattern such as `{ code: "40P01" }`, a predicate, one of `errorKinds`, or an
   * array of these, looked for in what was thrown and in what caused that. Out of attempts, `whenExhausted` has the
   * last word and the job is done; without it the job is dead. Handlers get the command, too, unless none could be made.
   */
  static retryOn<This extends DeclaringClass, const Given = UntypedErrors>(
    this: This,
    errors: RuleErrors<Given>,
    options: RetryOnOptions<MatchedBy<Given>> = {},
    whenExhausted?: (
      job: JobHandle,
      error: MatchedBy<Given>,
      command: InstanceType<This> | undefined,
    ) => unknown,
  ): void {
    const where = `retryOn of ${this.name}`;
    checkOptionNames(options, ["wait", "attempts", "jitter"], where, otherRetryOptions);
    const { wait = 3, attempts = 5, jitter = 0.15 } = options;
    if (attempts !== "unlimited" && !(Number.isSafeInteger(attempts) && attempts >= 1)) {
      throw new RangeError(
        `Cannot use ${describe(attempts)} as attempts in ${where}: give an integer of at least 1, or "unlimited"`,
      );
    }
    checkWait(wait as RetryWait, `wait of ${where}`);
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new RangeError(`Cannot use ${String(jitter)} as jitter in ${where}: give 0 to 1`);
    }
    if (whenExhausted !== undefined) {
      checkFunction(whenExhausted, `whenExhausted of ${where}`);
    }
    rule(this, {
      kind: "retry",
      ...ruledErrors(this, errors, where),
      wait: watchedWait(wait as RetryWait, `wait of ${where}`),
      attempts: attempts === "unlimited" ? Infinity : attempts,
      jitter,
      whenExhausted,
    });
  }

  /** Drops the job on these errors, given as to `retryOn`; `handler` is told. */
  static discardOn<This extends DeclaringClass, const Given = UntypedErrors>(
    this: This,
    errors: RuleErrors<Given>,
    handler?: (
      job: JobHandle,
      error: MatchedBy<Given>,
      command: InstanceType<This> | undefined,
    ) => unknown,
  ): void {
    const where = `discardOn of ${this.name}`;
    if (handler !== undefined) {
      checkFunction(handler, where);
    }
    rule(this, { kind: "discard", ...ruledErrors(this, errors, where), handler });
  }

  /** Hands these errors, given as to `retryOn`, to `handler`; unless that throws, the job is done. */
  static rescueFrom<This extends DeclaringClass, const Given = UntypedErrors>(
    this: This,
    errors: RuleErrors<Given>,
    handler: (
      error: MatchedBy<Given>,
      job: JobHandle,
      command: InstanceType<This> | undefined,
    ) => unknown,
  ): void {
    const where = `rescueFrom of ${this.name}`;
    checkFunction(handler, where);
    rule(this, { kind: "rescue", ...ruledErrors(this, errors, where), handler });
  }
}

function rule(declaring: DeclaringClass, errorRule: ErrorRule): void {
  note(declaring, { rules: [errorRule] });
}
