import type { DependencyContainer } from "tsyringe";
import type { Adapter } from "../adapters/adapter.ts";
import { GlobalIdVerifier } from "../globalid/global-id-verifier.ts";
import { timeUnit, writeTimesIn, type TimeUnit } from "../adapters/job-record.ts";
import { keepDead } from "../adapters/retention.ts";
import { isWireFormats, type WireFormats } from "../adapters/wire-format.ts";
import { checkAppName, globalIdSettings } from "../globalid/settings.ts";
import {
  checkFunction,
  checkInteger,
  checkName,
  checkOptionNames,
  describe,
} from "../job/checks.ts";
import type { ContextAttributes } from "../job/context-attributes.ts";
import { readFinishedLimit, type FinishedLimit } from "../job/keep-finished.ts";
import type { Middleware } from "../job/middleware.ts";
import { insideOutermost } from "../job/outermost-middleware.ts";
import { settings, type ArgumentFilter } from "../job/settings.ts";
import { seconds, type Duration } from "../support/duration.ts";
import { ConfigurationError } from "../support/errors.ts";
import type { Logger } from "../support/logger.ts";

/** What `configure` takes. What is left out stays as it is. */
export interface Configuration {
  /** The application's name in global ids: `gid://NAME/User/1`. @default "app" */
  readonly appName?: string;
  /** Rails's `secret_key_base`: signed global ids are signed and verified with a key made of it. @default none */
  readonly secretKeyBase?: string;
  /** The same where Rails is older than 7.0, or has a verifier of its own. @default one for `secretKeyBase` */
  readonly globalIdVerifier?: GlobalIdVerifier;
  /** Where jobs wait. @default memory */
  readonly adapter?: Adapter;
  /** The parent of the containers that `inject` resolves from. @default tsyringe's own */
  readonly container?: DependencyContainer;
  /** pino's shape. @default lines for people on a terminal, JSON elsewhere */
  readonly logger?: Logger;
  /** Stands around every enqueue, or every run; the first is outermost. Each list replaces its former. */
  readonly middleware?: {
    readonly enqueue?: readonly Middleware[];
    readonly perform?: readonly Middleware[];
  };
  /** The queue of classes that name none. @default "default" */
  readonly defaultQueue?: string;
  /** Retries of classes that do not say. @default 25 */
  readonly retry?: number;
  /** How jobs are written down: for TypeScript, or so that Rails performs them. @default the adapter's, else "native" */
  readonly wireFormat?: WireFormats;
  /**
   * How times are written into records: as seconds with a fraction, which every Sidekiq reads, or as the milliseconds of
   * Sidekiq 8, which earlier ones misread. Both are read.
   *
   * @default "seconds"
   */
  readonly timestamps?: TimeUnit;
  /** How long an enqueue may wait for its store. @default 5 seconds */
  readonly enqueueTimeout?: Duration;
  /**
   * The context attributes that travel with jobs. Where Ruby shares them, in the order of its
   * `Sidekiq::CurrentAttributes.persist`. @default none
   */
  readonly contextAttributes?: readonly ContextAttributes<object>[];
  /** Whether log lines show arguments, or a function that says what they show. @default true */
  readonly logArguments?: boolean | ArgumentFilter;
  /**
   * Keeps jobs that are done or discarded, where operators see them (`finishedSet`), of classes that do not say: so many of each
   * (`1_000`, for a week at most), for so long (`"2 days"`, 10,000 of each at most), or both (`{ count, age }`).
   *
   * @default false
   */
  readonly keepFinished?: FinishedLimit;
  /** How many dead jobs are kept; the oldest are forgotten. Sidekiq's `dead_max_jobs`. @default 10000 */
  readonly deadMaxJobs?: number;
  /** For how long dead jobs are kept. Sidekiq's `dead_timeout_in_seconds`. @default 180 days */
  readonly deadTimeout?: Duration;
  /**
   * What becomes of a plain object that looks like a record (it has an id) and that no model registered with `is`, no
   * `reference` and no `byValue` speaks for: it travels as a copy, and a warning says so once for each class and place;
   * it is refused; or nothing is said.
   *
   * @default "warn"
   */
  readonly rows?: "warn" | "refuse" | "allow";
  /** A command replaces another of the same name, where it would throw. @default false */
  readonly reloading?: boolean;
}

const optionNames: readonly (keyof Configuration)[] = [
  "appName",
  "adapter",
  "container",
  "logger",
  "middleware",
  "defaultQueue",
  "retry",
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
 * Sets what holds unless a class says otherwise. Call it once, before the first job is deferred; what is
 * left out stays as it is. Nothing is changed unless all of it is right.
 *
 * @throws {UnknownOptionError} if an option does not exist.
 * @throws {ConfigurationError} if a part does not fit.
 * @throws {InvalidDurationError} if a duration is none.
 * @throws {TypeError | RangeError} if another value is of the wrong type, or out of range.
 *
 * @example
 * ```ts
 * import { configure } from "mandate";
 *
 * configure({ appName: "shop", defaultQueue: "app", retry: 10 });
 * ```
 */
export function configure(configuration: Configuration): void {
  check(configuration);
  const { appName, secretKeyBase, globalIdVerifier, ...others } = configuration;
  const { middleware, enqueueTimeout, timestamps = timeUnit(), ...further } = others;
  const { keepFinished, deadMaxJobs, deadTimeout, ...rest } = further;
  const verifier = globalIdVerifier ?? verifierFor(secretKeyBase);
  const current = settings();
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) {
      Object.assign(current, { [name]: value });
    }
  }
  if (appName !== undefined) {
    globalIdSettings.appName = appName;
  }
  globalIdSettings.verifier = verifier ?? globalIdSettings.verifier;
  globalIdSettings.reloading = current.reloading;
  writeTimesIn(timestamps);
  if (middleware?.enqueue !== undefined) {
    current.enqueueMiddleware = insideOutermost("enqueue", middleware.enqueue);
  }
  if (middleware?.perform !== undefined) {
    current.performMiddleware = insideOutermost("perform", middleware.perform);
  }
  if (enqueueTimeout !== undefined) {
    current.enqueueTimeout = seconds(enqueueTimeout);
  }
  if (keepFinished !== undefined) {
    current.keepFinished = readFinishedLimit(keepFinished, "keepFinished of configure");
  }
  keepDead({
    ...(deadMaxJobs === undefined ? {} : { deadMaxJobs }),
    ...(deadTimeout === undefined ? {} : { deadTimeout: seconds(deadTimeout) }),
  });
}

function verifierFor(secretKeyBase: string | undefined): GlobalIdVerifier | undefined {
  return secretKeyBase === undefined ? undefined : new GlobalIdVerifier({ secretKeyBase });
}

function check(configuration: Configuration): void {
  checkOptionNames(configuration, optionNames, "configure");
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
