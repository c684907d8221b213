import { CallbackMacros } from "./callback-macros.ts";
import type { DeclaringClass } from "./declarations.ts";
import { errorRules, type ErrorRule, type RetryWait } from "./error-rules.ts";
import { checkJobOptions, jobOptionsTrait, type JobOptions } from "./job-options.ts";
import { logArgumentsTrait } from "./log-arguments.ts";
import { priorityTrait, queueTrait } from "./placement.ts";
import {
  retriesExhaustedTrait,
  retryInTrait,
  retryTrait,
  type RetriesExhausted,
  type RetryIn,
} from "./retries.ts";
import type { MatchedBy, RuleErrors, UntypedErrors } from "../errors/error-matcher.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import { watchedWait } from "./likely-milliseconds.ts";
import { otherRetryOptions } from "../checks/other-words.ts";
import { note } from "./note-declaration.ts";
import { checkWait } from "./retry-policy.ts";
import { ruledErrors } from "./ruled-errors.ts";
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
  /**
   * Before the next run: a number of **seconds**, or a string such as `"5 minutes"`; a function
   * gets the number of failed runs so far.
   *
   * @default 3 seconds
   */
  readonly wait?: RetryWait<Thrown>;
  /** Runs in all, the first included. @default 5 */
  readonly attempts?: number | "unlimited";
  /**
   * A random part on top of the wait, as a share of it. Not for a function's waits.
   *
   * @default 0.15
   */
  readonly jitter?: number;
}

/**
 * What a command or a job declares about itself, in a `static {}` block. Subclasses inherit it and
 * may override it: single values are replaced, rules and callbacks added, the latest rule looked at
 * first.
 *
 * @see Active Job 8.1 and Sidekiq 8.1, whose names and orders these are
 */
export abstract class JobMacros extends CallbackMacros {
  /**
   * The queue, or a function of the arguments that names it.
   *
   * @default the `defaultQueue` of `configure`
   */
  static queueAs<This extends DeclaringClass>(
    this: This,
    queue: string | ((...args: ArgumentsOf<This>) => string),
  ): void {
    if (typeof queue !== "function") {
      checkName(queue, `queueAs of ${this.name}`, "a queue");
    }
    note(this, queueTrait, queue as string);
  }

  /** An integer, the smaller first, or a function of the arguments. @default 0 */
  static queueWithPriority<This extends DeclaringClass>(
    this: This,
    priority: number | ((...args: ArgumentsOf<This>) => number),
  ): void {
    if (typeof priority !== "function") {
      checkInteger(priority, `queueWithPriority of ${this.name}`, Number.MIN_SAFE_INTEGER);
    }
    note(this, priorityTrait, priority as number);
  }

  /**
   * How often a failed job is tried again. `0`: never, it is dead at once. `false`: never, and it
   * is not kept. @default the `retry` of `configure`, 25
   */
  static retry(this: DeclaringClass, retries: number | boolean): void {
    if (typeof retries !== "boolean") {
      checkInteger(retries, `retry of ${this.name}`, 0);
    }
    note(this, retryTrait, retries);
  }

  /**
   * When a failed job comes again: in how many **seconds**, for one. What it throws, or an answer
   * that is none, stands for `"default"`.
   */
  static retryIn(this: DeclaringClass, retryIn: RetryIn): void {
    checkFunction(retryIn, `retryIn of ${this.name}`);
    note(this, retryInTrait, retryIn);
  }

  /** Called when a job is out of retries, before it goes to the dead set. */
  static retriesExhausted<This extends DeclaringClass>(
    this: This,
    handler: RetriesExhausted<InstanceType<This>>,
  ): void {
    checkFunction(handler, `retriesExhausted of ${this.name}`);
    note(this, retriesExhaustedTrait, handler);
  }

  /** Sidekiq's other job options. Those given replace, the rest stays. */
  static jobOptions(this: DeclaringClass, options: JobOptions): void {
    checkJobOptions(options, `jobOptions of ${this.name}`);
    note(this, jobOptionsTrait, options);
  }

  /** Whether log lines show this class's arguments. @default the `logArguments` of `configure` */
  static logArguments(this: DeclaringClass, shown: boolean): void {
    note(this, logArgumentsTrait, shown);
  }

  /**
   * Tries again after these errors: a class, a pattern such as `{ code: "40P01" }`, a predicate,
   * one of `errorKinds`, or an array of these, looked for in what was thrown and in what caused
   * that. Out of attempts, `whenExhausted` has the last word and the job is done; without it the
   * job is dead. Handlers get the command, too, unless none could be made.
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

  /**
   * Hands these errors, given as to `retryOn`, to `handler`; unless that throws, the job is done.
   */
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
  note(declaring, errorRules, [errorRule]);
}
