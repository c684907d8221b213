import { isWireFormat } from "../../adapters/wire-format.ts";
import { seconds } from "../../support/duration.ts";
import {
  checkInteger,
  checkName,
  checkOptionNames,
  checkTags,
  describe,
} from "../checks/checks.ts";
import type { DefaultJobOptions, JobOptions } from "./declarations.ts";
import { otherDefaultJobOptions, otherJobOptions } from "../checks/other-words.ts";
import { warnOfMilliseconds } from "./likely-milliseconds.ts";

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
