import { isWireFormats } from "../adapters/wire-format.ts";
import { checkAppName } from "../globalid/settings.ts";
import {
  checkFunction,
  checkInteger,
  checkName,
  checkOptionNames,
  describe,
} from "../job/checks/checks.ts";
import { checkDefaultJobOptions } from "../job/declare/job-options.ts";
import { otherSettings } from "../job/checks/other-words.ts";
import { readFinishedLimit } from "../traits/keep-finished.ts";
import { seconds } from "../support/duration.ts";
import { ConfigurationError } from "../support/errors.ts";
import type { Configuration } from "./configuration.ts";

const optionNames: readonly (keyof Configuration)[] = [
  "appName",
  "adapter",
  "container",
  "logger",
  "middleware",
  "defaultQueue",
  "retry",
  "jobOptions",
  "errorHandlers",
  "deathHandlers",
  "wireFormat",
  "timestamps",
  "enqueueTimeout",
  "contextAttributes",
  "logArguments",
  "keepFinished",
  "deadMaxJobs",
  "deadTimeout",
  "reloading",
  "secretKeyBase",
  "globalIdVerifier",
  "rows",
];

/**
 * @throws {UnknownOptionError} if an option does not exist.
 * @throws {ConfigurationError} if a part does not fit.
 * @throws {InvalidDurationError} if a duration is none.
 * @throws {TypeError | RangeError} if another value is of the wrong type, or out of range.
 */
export function checkConfiguration(configuration: Configuration): void {
  checkOptionNames(configuration, optionNames, "configure", otherSettings);
  const { appName, adapter, container, logger, middleware } = configuration;
  const { defaultQueue, retry, wireFormat, timestamps, enqueueTimeout } = configuration;
  const { contextAttributes, logArguments, reloading } = configuration;
  if (appName !== undefined) {
    checkAppName(appName);
  }
  checkMethods(
    configuration.globalIdVerifier,
    "globalIdVerifier",
    ["sign", "read"],
    "a GlobalIdVerifier",
  );
  checkMethods(adapter, "adapter", ["enqueue", "lease", "status"], "new MemoryAdapter()");
  checkMethods(container, "container", ["createChildContainer"], "a tsyringe container");
  checkMethods(logger, "logger", ["debug", "info", "warn", "error"], "a logger such as pino's");
  if (middleware !== undefined) {
    checkMiddleware(middleware);
  }
  if (defaultQueue !== undefined) {
    checkName(defaultQueue, "configure", "the default queue");
  }
  if (retry !== undefined) {
    checkInteger(retry, "retry of configure", 0);
  }
  if (wireFormat !== undefined && !isWireFormats(wireFormat)) {
    const formats = '"native" or "activejob", or { default, queues } of them';
    throw cannotUse(wireFormat, "wireFormat", formats);
  }
  if (![undefined, "seconds", "milliseconds"].includes(timestamps)) {
    throw cannotUse(timestamps, "timestamps", '"seconds" or "milliseconds"');
  }
  if (enqueueTimeout !== undefined) {
    seconds(enqueueTimeout);
  }
  if (configuration.jobOptions !== undefined) {
    checkDefaultJobOptions(configuration.jobOptions, "jobOptions of configure");
  }
  checkHandlers(configuration.errorHandlers, "errorHandlers", "(error, job)");
  checkHandlers(configuration.deathHandlers, "deathHandlers", "(job, error)");
  if (contextAttributes !== undefined) {
    checkContextAttributes(contextAttributes);
  }
  if (configuration.keepFinished !== undefined) {
    readFinishedLimit(configuration.keepFinished, "keepFinished of configure");
  }
  if (configuration.deadMaxJobs !== undefined) {
    checkInteger(configuration.deadMaxJobs, "deadMaxJobs of configure", 0);
  }
  if (configuration.deadTimeout !== undefined) {
    seconds(configuration.deadTimeout, "deadTimeout of configure");
  }
  if (!["undefined", "boolean", "function"].includes(typeof logArguments)) {
    throw cannotUse(logArguments, "logArguments", "true, false or a function (args, className)");
  }
  if (![undefined, "warn", "refuse", "allow"].includes(configuration.rows)) {
    throw cannotUse(configuration.rows, "rows", '"warn", "refuse" or "allow"');
  }
  if (!["undefined", "boolean"].includes(typeof reloading)) {
    throw cannotUse(reloading, "reloading", "true or false");
  }
}

function checkMiddleware(middleware: NonNullable<Configuration["middleware"]>): void {
  checkOptionNames(middleware, ["enqueue", "perform"], "middleware of configure");
  for (const each of [middleware.enqueue ?? [], middleware.perform ?? []]) {
    if (!Array.isArray(each)) {
      throw cannotUse(each, "middleware", "arrays of functions (job, next)");
    }
    each.forEach((layer) =>
      checkFunction(layer, "middleware of configure", "functions (job, next)"),
    );
  }
}

function checkHandlers(handlers: unknown, option: string, shape: string): void {
  const isList = Array.isArray(handlers) && handlers.every((each) => typeof each === "function");
  if (handlers !== undefined && !isList) {
    throw cannotUse(handlers, option, `an array of functions ${shape}`);
  }
}

function checkContextAttributes(definitions: readonly object[]): void {
  const expected = "an array of what contextAttributes() returned";
  if (!Array.isArray(definitions)) {
    throw cannotUse(definitions, "contextAttributes", expected);
  }
  const option = "an item of contextAttributes";
  definitions.forEach((each: object) => {
    checkMethods(each ?? null, option, ["run", "set"], "what contextAttributes() returned");
  });
}

function checkMethods(
  value: object | undefined,
  option: string,
  methods: readonly string[],
  expected: string,
): void {
  const has = (name: string): boolean =>
    typeof (value as Record<string, unknown>)[name] === "function";
  if (value !== undefined && !(typeof value === "object" && value !== null && methods.every(has))) {
    throw cannotUse(value, option, expected);
  }
}

function cannotUse(value: unknown, option: string, expected: string): ConfigurationError {
  return new ConfigurationError(
    `Cannot use ${describe(value)} as ${option} of configure: give ${expected}`,
  );
}
