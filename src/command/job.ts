import type { Duration } from "../support/duration.ts";
import { isPlainObject } from "../support/realms.ts";
import { checkArgumentCount } from "../job/declare/argument-count.ts";
import { defer, prepareJob } from "../job/defer/defer.ts";
import { checkDeferOptions } from "../job/defer/defer-options.ts";
import type { DeferOptions } from "./defer-options.ts";
import type { HandleOf, PreparedJobOf } from "../job/defer/handle-of.ts";
import type { Deferral } from "../job/defer/make-record.ts";
import type { ArgumentsOf } from "../job/declare/job-macros.ts";
import { performNow } from "../job/run/perform-now.ts";
import { runnableNamed, wireName, type RunnableClass } from "../job/declare/registry.ts";
import { mandateJob } from "../job/record/active-job.ts";
import { Work } from "./work.ts";

/** A `Job` class that can be made: one that has `perform`. */
export type JobClass = (new () => Job) & { readonly "mandate.performs": true };

/** What `performNow` of a class resolves to. */
export type PerformResult<This extends JobClass> =
  Awaited<ReturnType<InstanceType<This>["perform"]>> | undefined;

/**
 * Active Job's shape, for work that is no command.
 *
 * @example
 * ```ts
 * import { Job } from "mandate";
 *
 * class CleanUp extends Job {
 *   static {
 *     this.queueAs("low");
 *   }
 *
 *   perform(folder: string) {
 *     console.log(`cleaning ${folder}`);
 *   }
 * }
 *
 * await CleanUp.performLater("tmp");
 * ```
 */
export abstract class Job extends Work {
  /**
   * Marks classes whose arguments are those of `perform`, whichever copy of this library they
   * extend.
   */
  static readonly "mandate.performs" = true;

  /** The name on the wire. @default the class's name */
  static get jobName(): string {
    return this.name;
  }

  static set jobName(name: string) {
    Object.defineProperty(this, "jobName", { value: name, writable: true, configurable: true });
  }

  /** The work. Its arguments are those of `performLater`. */
  abstract perform(...args: never): unknown;

  /**
   * Enqueues the job.
   *
   * @returns its handle; `undefined` if a callback threw `abort`.
   * @throws {ArgumentCountError} if there are more arguments than `perform` takes, or surely too
   *   few.
   * @throws {SerializationError} if an argument cannot travel.
   * @throws {AdapterError} if the store did not take it.
   */
  static performLater<This extends JobClass>(
    this: This,
    ...args: ArgumentsOf<This>
  ): Promise<HandleOf<This>> {
    return new ConfiguredJob(this, undefined).performLater(...args);
  }

  /**
   * Runs the job here and now, with its callbacks and its rules for errors: one that `discardOn` or
   * `rescueFrom` takes care of does not throw, and `retryOn` enqueues the job for later.
   *
   * @returns what `perform` returned; `undefined` where a rule or `abort` ended it.
   */
  static performNow<This extends JobClass>(
    this: This,
    ...args: ArgumentsOf<This>
  ): Promise<PerformResult<This>> {
    return new ConfiguredJob(this, undefined).performNow(...args);
  }

  /** `performLater` by Sidekiq's name. @see Job.performLater */
  static performAsync<This extends JobClass>(
    this: This,
    ...args: ArgumentsOf<This>
  ): Promise<HandleOf<This>> {
    return new ConfiguredJob(this, undefined).performAsync(...args);
  }

  /**
   * Enqueues the job for later, by Sidekiq's name.
   *
   * @param wait From now: seconds, or a string such as `"5 minutes"`.
   */
  static performIn<This extends JobClass>(
    this: This,
    wait: Duration,
    ...args: ArgumentsOf<This>
  ): Promise<HandleOf<This>> {
    return new ConfiguredJob(this, undefined).performIn(wait, ...args);
  }

  /**
   * Enqueues the job for a time, by Sidekiq's name.
   *
   * @param at When it is due; a past date is at once.
   */
  static performAt<This extends JobClass>(
    this: This,
    at: Date,
    ...args: ArgumentsOf<This>
  ): Promise<HandleOf<This>> {
    return new ConfiguredJob(this, undefined).performAt(at, ...args);
  }

  /** Makes a job without enqueueing it, for `performAllLater`. */
  static prepare<This extends JobClass>(
    this: This,
    ...args: ArgumentsOf<This>
  ): PreparedJobOf<This> {
    return new ConfiguredJob(this, undefined).prepare(...args);
  }

  /** @throws {UnknownOptionError} if there is a key that is no option. */
  static set<This extends JobClass>(this: This, options: DeferOptions): ConfiguredJob<This> {
    return new ConfiguredJob(this, options);
  }
}

/** A job class together with options for one call. */
export class ConfiguredJob<This extends JobClass> {
  readonly #jobClass: This;
  readonly #options: DeferOptions | undefined;

  /** @internal */
  constructor(jobClass: This, options: DeferOptions | undefined) {
    this.#jobClass = jobClass;
    this.#options = options;
    if (options !== undefined) {
      checkDeferOptions(options, wireName(this.#runnable));
    }
  }

  /** @see Job.performLater */
  performLater(...args: ArgumentsOf<This>): Promise<HandleOf<This>> {
    return defer(() => this.#deferral(args));
  }

  /** @see Job.performAsync */
  performAsync(...args: ArgumentsOf<This>): Promise<HandleOf<This>> {
    return this.performLater(...args);
  }

  /** @see Job.performIn */
  performIn(wait: Duration, ...args: ArgumentsOf<This>): Promise<HandleOf<This>> {
    return this.#with({ wait }).performLater(...args);
  }

  /** @see Job.performAt */
  performAt(at: Date, ...args: ArgumentsOf<This>): Promise<HandleOf<This>> {
    return this.#with({ waitUntil: at }).performLater(...args);
  }

  /** @see Job.performNow */
  async performNow(...args: ArgumentsOf<This>): Promise<PerformResult<This>> {
    return performNow(this.#deferral(args)) as Promise<PerformResult<This>>;
  }

  /** @see Job.prepare */
  prepare(...args: ArgumentsOf<This>): PreparedJobOf<This> {
    return prepareJob(this.#deferral(args));
  }

  #with(options: DeferOptions): ConfiguredJob<This> {
    return new ConfiguredJob(this.#jobClass, { ...this.#options, ...options });
  }

  get #runnable(): RunnableClass {
    return this.#jobClass;
  }

  #deferral(args: readonly unknown[]): Deferral {
    const runnable = this.#runnable;
    const options = this.#options;
    if (wireName(runnable) !== mandateJob) {
      return deferralOf(runnable, { args, options });
    }
    const [name, ...rest] = args;
    const command = runnableNamed(String(name), "command");
    const last = rest.at(-1);
    const isPast = options === undefined && rest.length === optionsAt(command) + 1;
    if (!isPast || typeof last !== "object" || last === null || !isPlainObject(last)) {
      return deferralOf(command, { args: rest, options });
    }
    checkDeferOptions(last, wireName(command));
    return deferralOf(command, { args: rest.slice(0, -1), options: last });
  }
}

/** @throws {ArgumentCountError} if there are too many arguments, or surely too few. */
function deferralOf(
  runnable: RunnableClass,
  { args, options }: Pick<Deferral, "args" | "options">,
): Deferral {
  checkArgumentCount(runnable, args.length);
  return { runnable, args, options };
}

/** How many arguments stand before the options of a command; `NaN` where none can follow. */
function optionsAt(command: RunnableClass): number {
  return "mandate.parameterCount" in command ? (command["mandate.parameterCount"] ?? NaN) : 0;
}
