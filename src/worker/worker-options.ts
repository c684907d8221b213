import type { Adapter } from "../adapters/adapter.ts";
import { checkInteger, checkOptionNames, describe } from "../job/checks/checks.ts";
import { otherWorkerOptions } from "../job/checks/other-words.ts";
import type { DeathHandler, ErrorHandler } from "../job/settings/run-environment.ts";
import { seconds, type Duration } from "../support/duration.ts";
import { ConfigurationError } from "../support/errors.ts";
import type { Logger } from "../support/logger.ts";
import { queueOrder, type QueueOrder, type Queues } from "./queue-order.ts";

/** How a worker works; each option has a default that suits a start. */
export interface WorkerOptions {
  /**
   * Where the jobs are.
   *
   * @default what `configure` set
   */
  readonly adapter?: Adapter;
  /**
   * The queues to serve, and in which order; see `Queues`.
   *
   * @default "*"
   */
  readonly queues?: Queues;
  /**
   * How many jobs may run at the same time.
   *
   * @default 10
   */
  readonly concurrency?: number;
  /**
   * How long `stop()` lets running jobs go on before it aborts their signals, in **seconds** or as
   * a string such as `"1 minute"`; `0` aborts at once.
   *
   * @default "25 seconds"
   */
  readonly shutdownTimeout?: Duration;
  /**
   * How long a worker may be silent before others take its jobs, in **seconds** or as a string;
   * `Infinity` is for ever.
   *
   * @default "60 seconds" where jobs outlive the process, else `Infinity`
   */
  readonly leaseTtl?: Duration;
  /**
   * For how long the event loop may be blocked, in **seconds** or as a string, before a warning
   * names the jobs that may have done it; `Infinity` never warns.
   *
   * @default "1 second"
   */
  readonly blockedAfter?: Duration;
  /**
   * Where the worker and its jobs log.
   *
   * @default what `configure` set, or lines on stderr
   */
  readonly logger?: Logger;
  /**
   * What becomes of a job whose class is not registered here. `"leave"`, for jobs that only Ruby
   * knows, runs nothing and counts nothing: the job goes back by way of the schedule, in 5 seconds,
   * and the next time in twice as many, up to 5 minutes. `"retry"` counts a failure; where a deploy
   * may be under way, because the job is younger than the worker or than 10 minutes and the store
   * outlives the process, it leaves the job so for 10 minutes first.
   *
   * @default "retry"
   */
  readonly onUnknownJob?: "retry" | "leave";
  /**
   * Called for each failure that no rule of a job's class took care of, whether the job is retried
   * or not.
   *
   * @default []
   */
  readonly errorHandlers?: readonly ErrorHandler[];
  /**
   * Called for each job that is out of retries, or not retried.
   *
   * @default []
   */
  readonly deathHandlers?: readonly DeathHandler[];
  /**
   * What operators see beside the worker's identity.
   *
   * @default ""
   */
  readonly tag?: string;
}

const WHERE = "new Worker()";
const LOG_METHODS = ["debug", "info", "warn", "error"] as const;

/** The options as checked. What `configure` may still set is asked for when the worker starts. */
export interface WorkerSettings {
  readonly adapter: Adapter | undefined;
  readonly queues: QueueOrder;
  readonly concurrency: number;
  readonly shutdownTimeout: number;
  readonly leaseTtl: number | undefined;
  readonly blockedAfter: number;
  readonly logger: Logger | undefined;
  readonly onUnknownJob: "retry" | "leave";
  readonly errorHandlers: readonly ErrorHandler[];
  readonly deathHandlers: readonly DeathHandler[];
  readonly tag: string;
}

type OptionName = keyof WorkerOptions;
type Reader<Name extends OptionName> = (given: WorkerOptions[Name]) => WorkerSettings[Name];

/** What reads each option: the one list of them beside their types. */
const OPTIONS: { readonly [Name in OptionName]: Reader<Name> } = {
  adapter: (given) => {
    if (given !== undefined && typeof given.lease !== "function") {
      throw wrong("adapter", given, "give a MemoryAdapter, a RedisAdapter or one of your own");
    }
    return given;
  },
  queues: (given = "*") => queueOrder(given),
  concurrency: (given = 10) => {
    checkInteger(given, `concurrency of ${WHERE}`, 1);
    return given;
  },
  shutdownTimeout: (given = 25) => seconds(given),
  leaseTtl: (given) => (given === undefined ? undefined : readTime("leaseTtl", given)),
  blockedAfter: (given = 1) => readTime("blockedAfter", given),
  logger: (given) => {
    if (given !== undefined && LOG_METHODS.some((method) => typeof given[method] !== "function")) {
      throw wrong("logger", given, `give an object with the methods ${LOG_METHODS.join(", ")}`);
    }
    return given;
  },
  onUnknownJob: (given = "retry") => {
    if (given !== "retry" && given !== "leave") {
      throw wrong("onUnknownJob", given, 'give "retry" or "leave"');
    }
    return given;
  },
  errorHandlers: (given = []) => readHandlers("errorHandlers", given),
  deathHandlers: (given = []) => readHandlers("deathHandlers", given),
  tag: (given = "") => {
    if (typeof given !== "string") {
      throw wrong("tag", given, "give a string");
    }
    return given;
  },
};

/**
 * @throws {UnknownOptionError} if there is no such option.
 * @throws {ConfigurationError} if one cannot be used.
 * @throws {InvalidDurationError} if a duration is none.
 */
export function workerSettings(options: WorkerOptions): WorkerSettings {
  checkOptionNames(options, Object.keys(OPTIONS), WHERE, otherWorkerOptions);
  const readers = Object.entries(OPTIONS) as [OptionName, Reader<OptionName>][];
  const read = readers.map(([name, reader]) => [name, reader(options[name] as undefined)]);
  return Object.fromEntries(read) as WorkerSettings;
}

function readTime(name: string, duration: Duration): number {
  const time = duration === Infinity ? Infinity : seconds(duration);
  if (time === 0) {
    throw wrong(name, duration, "give a duration above 0, or Infinity");
  }
  return time;
}

function readHandlers<Handler>(name: string, handlers: readonly Handler[]): readonly Handler[] {
  if (!Array.isArray(handlers)) {
    throw wrong(name, handlers, "give a list of functions");
  }
  for (const handler of handlers) {
    if (typeof handler !== "function") {
      throw wrong(name, handler, "give a list of functions");
    }
  }
  return [...handlers];
}

function wrong(option: string, value: unknown, whatToDo: string): ConfigurationError {
  return new ConfigurationError(
    `Cannot use ${describe(value)} as ${option} of ${WHERE}: ${whatToDo}`,
  );
}
