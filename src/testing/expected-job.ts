import { types } from "node:util";
import { checkOptionNames, checkTags, describe } from "../job/checks/checks.ts";
import type { JobHandle } from "../job/handle/job-handle.ts";
import type { ArgumentsOf } from "../job/declare/job-macros.ts";
import { mandateJob } from "../job/record/active-job.ts";
import { ArgumentsPattern } from "./arguments-pattern.ts";
import { isAsymmetricMatcher, type AsymmetricMatcher } from "./asymmetric-matcher.ts";
import { commandNameOf, jobClassOf } from "../job/record/target.ts";
import { shownJob } from "./shown-job.ts";
import { checkTestedClass, isJobOf, nameOf, type TestedClass } from "./tested-class.ts";
import { within } from "./within.ts";

/** What a job should be like besides its class; what is left out may be anything. */
export interface ExpectedDetails<Args = readonly unknown[]> {
  /** All arguments, compared as they travel. Matchers may stand in them, at any depth. */
  readonly args?: Args | undefined;
  /** The queue it is in. */
  readonly queue?: string | undefined;
  /**
   * When it is due, to a second, as in Rails; or a matcher, such as `within("1 minute").of(date)`.
   */
  readonly at?: Date | AsymmetricMatcher | undefined;
  /** The smaller goes first; 0 unless it was given one. */
  readonly priority?: number | undefined;
  /** Tags that it has; it may have others. */
  readonly tags?: readonly string[] | undefined;
}

/** What a job should be like; what is left out may be anything. */
export interface ExpectedJob<
  Command extends TestedClass | string = string,
  Job extends TestedClass | string = string,
> extends ExpectedDetails<ExpectedArguments<[Command] extends [string] ? Job : Command>> {
  /**
   * The job's class, or the class's name. `MandateJob` stands for every command; the first of
   * `args` is its name.
   */
  readonly job?: Job | undefined;
  /** The command, or its name. */
  readonly command?: Command | undefined;
}

/** The arguments of a class, in each of whose places a matcher may stand. */
export type ExpectedArguments<Class extends TestedClass | string> = [Class] extends [string]
  ? readonly unknown[]
  : Matching<ArgumentsOf<Class>>;

type Matching<Args> = { readonly [Index in keyof Args]: Args[Index] | AsymmetricMatcher };

const names = ["job", "command", "args", "queue", "at", "priority", "tags"] as const;

/** An expectation that was checked, and how well a job meets it. */
export class JobPattern {
  readonly #expected: ExpectedJob<TestedClass | string, TestedClass | string>;
  readonly #args: ArgumentsPattern | undefined;

  /**
   * @param where The function it was given to, for messages.
   * @throws {UnknownOptionError} if there is no such property.
   * @throws {TypeError} if one cannot be used.
   * @throws {SerializationError} if an argument can never have been deferred.
   */
  constructor(expected: object, where: string) {
    checkOptionNames(expected, names, where);
    this.#expected = expected;
    const { job, command, args, at, tags } = this.#expected;
    if (job !== undefined) checkTestedClass(job, `job of ${where}`);
    if (command !== undefined) checkTestedClass(command, `command of ${where}`);
    if (args !== undefined && !Array.isArray(args)) {
      throw new TypeError(`Cannot use ${describe(args)} as args of ${where}: give an array`);
    }
    if (at !== undefined && !types.isDate(at) && !isAsymmetricMatcher(at)) {
      throw new TypeError(
        `Cannot use ${describe(at)} as at of ${where}: give a Date, or within("1 second").of(date)`,
      );
    }
    checkTags(tags, where);
    this.#args = args === undefined ? undefined : new ArgumentsPattern(args, this.#name);
  }

  async matches(job: JobHandle): Promise<boolean> {
    return this.#isOfClass(job) && this.#hasDetails(job).every(Boolean) && this.#hasArguments(job);
  }

  /** How near a job comes: its class counts most, then its arguments. */
  async nearness(job: JobHandle): Promise<number> {
    const details = this.#hasDetails(job).filter(Boolean).length;
    // Matchers are not asked about the arguments of another class, which they may not be made for.
    if (!this.#isOfClass(job)) return details;
    return 10 + ((await this.#hasArguments(job)) ? 5 : 0) + details;
  }

  /** As a message shows it: `Greet("Ada") in queue "mailers"`. */
  toString(): string {
    const { queue, at, priority, tags } = this.#expected;
    return shownJob({ name: this.#name, arguments: this.#args?.shown, queue, at, priority, tags });
  }

  /** What is expected, for a difference. */
  get shown(): object {
    const { job, command } = this.#expected;
    return defined({
      ...this.#expected,
      job: job === undefined ? undefined : nameOf(job),
      command: command === undefined ? undefined : nameOf(command),
      args: this.#args?.shown,
    });
  }

  /** A job, in the same form and as far as anything was expected of it. */
  shownActual(job: JobHandle): object {
    const { job: expectedJob, command, args, queue, at, priority, tags } = this.#expected;
    return {
      ...(expectedJob === undefined ? {} : { job: this.#jobName(job) }),
      ...(command === undefined ? {} : { command: job.className }),
      ...(args === undefined ? {} : { args: [...this.#prefix(job), ...job.arguments] }),
      ...(queue === undefined ? {} : { queue: job.queueName }),
      ...(at === undefined ? {} : { at: job.scheduledAt }),
      ...(priority === undefined ? {} : { priority: job.priority }),
      ...(tags === undefined ? {} : { tags: job.tags }),
    };
  }

  get #name(): string {
    const { job, command } = this.#expected;
    const wanted = command ?? job;
    return wanted === undefined ? "any job" : nameOf(wanted);
  }

  #isOfClass(job: JobHandle): boolean {
    const { job: expectedJob, command } = this.#expected;
    return (
      (expectedJob === undefined || isJobOf(job, expectedJob)) &&
      (command === undefined || isJobOf(job, command))
    );
  }

  #hasDetails(job: JobHandle): boolean[] {
    const { queue, at, priority, tags } = this.#expected;
    return [
      queue === undefined || queue === job.queueName,
      at === undefined || isDue(job, at),
      priority === undefined || priority === job.priority,
      tags?.every((tag) => job.tags.includes(tag)) ?? true,
    ];
  }

  async #hasArguments(job: JobHandle): Promise<boolean> {
    return this.#args === undefined || this.#args.matches(job, this.#prefix(job));
  }

  /**
   * On the wire a command is the first argument of `MandateJob`; who looks for that one sees it so.
   */
  #prefix(job: JobHandle): readonly unknown[] {
    const name = commandNameOf(job.record);
    return this.#isOfMandateJob && name !== undefined ? [name] : [];
  }

  #jobName(job: JobHandle): string {
    return this.#isOfMandateJob ? jobClassOf(job.record) : job.className;
  }

  get #isOfMandateJob(): boolean {
    const { job, command } = this.#expected;
    return command === undefined && job !== undefined && nameOf(job) === mandateJob;
  }
}

/** Active Job 8.1 `ActiveJob::TestHelper` allows a second to either side, too. */
function isDue(job: JobHandle, at: Date | AsymmetricMatcher): boolean {
  const matcher = types.isDate(at) ? within("1 second").of(at) : at;
  return matcher.asymmetricMatch(job.scheduledAt);
}

function defined(fields: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
