import { isWireFormat, type WireFormat } from "../../adapters/wire-format.ts";
import { seconds, type Duration } from "../../support/duration.ts";
import {
  checkInteger,
  checkName,
  checkOptionNames,
  checkTags,
  describe,
} from "../checks/checks.ts";
import { declareForAll, defineTrait, type Trait } from "./declarations.ts";
import { retryTrait } from "./retries.ts";
import { otherDefaultJobOptions, otherJobOptions } from "../checks/other-words.ts";
import { warnOfMilliseconds } from "./likely-milliseconds.ts";

/** Sidekiq's job options that have no macro of their own. */
export interface JobOptions {
  /**
   * Lines of the backtrace to keep with a failed job; `true` keeps all, `0` none.
   *
   * @default false: the place alone, which is the first line of the application's own
   */
  readonly backtrace?: boolean | number;
  /** `false` keeps a job that is out of retries out of the dead set. @default true */
  readonly dead?: boolean;
  /**
   * Retry until this long after the first failure, however often: **seconds**, or a string such as
   * `"2 days"`.
   */
  readonly retryFor?: Duration;
  /** The queue for retries. @default the job's own */
  readonly retryQueue?: string;
  /** Words that operators see and search by; those of `tags` stay, and are added to these. */
  readonly tags?: readonly string[];
  /**
   * `"activejob"` writes jobs so that Ruby performs them.
   *
   * @default the queue's, or the application's
   */
  readonly wireFormat?: WireFormat;
  /**
   * `"exact"`: symbols, durations, dates and modules of jobs that Rails enqueued arrive as what
   * `ruby` makes, and so can be told apart and go back as they came. `"plain"`: as strings and
   * numbers. @default "plain"
   */
  readonly rubyValues?: "exact" | "plain";
}

/** The job options of classes that do not say otherwise. */
export interface DefaultJobOptions extends JobOptions {
  /**
   * How often a failed job is tried again; `false`: never, and it is not kept.
   *
   * @default the `retry` of `configure`
   */
  readonly retry?: number | boolean;
}

export const jobOptionsTrait: Trait<JobOptions> = defineTrait<JobOptions>({
  name: "jobOptions",
  undeclared: {},
  inherit: (inherited, own) => ({ ...inherited, ...own }),
});

/**
 * Sidekiq's `default_job_options`: what holds for every class that does not say otherwise. Replaces
 * what was said before.
 */
export function setDefaultJobOptions({ retry, ...options }: DefaultJobOptions): void {
  declareForAll(retryTrait, retry);
  declareForAll(jobOptionsTrait, options);
}

/**
 * @throws {UnknownOptionError} if there is no such option.
 * @throws {TypeError | RangeError} if a value is of the wrong type, or out of range.
 */
export function checkJobOptions(options: JobOptions, where: string): void {
  checkOptionNames(options, jobOptionNames, where, otherJobOptions);
  checkJobOptionValues(options, where);
}

/** The same for those of all classes, `retry` included. */
export function checkDefaultJobOptions(options: DefaultJobOptions, where: string): void {
  checkOptionNames(options, [...jobOptionNames, "retry"], where, otherDefaultJobOptions);
  const { retry } = options;
  if (retry !== undefined && typeof retry !== "boolean") {
    checkInteger(retry, `retry in ${where}`, 0);
  }
  checkJobOptionValues(options, where);
}

function checkJobOptionValues(options: JobOptions, where: string): void {
  const { backtrace, dead, retryFor, retryQueue, tags, wireFormat, rubyValues } = options;
  if (backtrace !== undefined && typeof backtrace !== "boolean") {
    checkInteger(backtrace, `backtrace in ${where}`, 0);
  }
  if (dead !== undefined && typeof dead !== "boolean") {
    throw new TypeError(`Cannot use ${describe(dead)} as dead in ${where}: give a boolean`);
  }
  if (retryFor !== undefined && !(seconds(retryFor) <= LONGEST_RETRY_FOR)) {
    throw new RangeError(
      `Cannot use ${describe(retryFor)} as retryFor in ${where}: give at most ${LONGEST_RETRY_FOR} seconds`,
    );
  }
  warnOfMilliseconds(retryFor, `retryFor in ${where}`);
  if (retryQueue !== undefined) {
    checkName(retryQueue, where, "a queue");
  }
  checkTags(tags, where);
  if (wireFormat !== undefined && !isWireFormat(wireFormat)) {
    throw new TypeError(
      `Cannot use ${describe(wireFormat)} as wireFormat in ${where}: give "native" or "activejob"`,
    );
  }
  if (rubyValues !== undefined && !["exact", "plain"].includes(rubyValues)) {
    throw new TypeError(
      `Cannot use ${describe(rubyValues)} as rubyValues in ${where}: give "exact" or "plain"`,
    );
  }
}

const jobOptionNames: readonly (keyof JobOptions)[] = [
  "backtrace",
  "dead",
  "retryFor",
  "retryQueue",
  "tags",
  "wireFormat",
  "rubyValues",
];

/** Sidekiq refuses to push a job with more. */
const LONGEST_RETRY_FOR = 1_000_000_000;
