import type { Duration } from "../support/duration.ts";
import type { QueueWeight, Queues } from "../worker/queue-order.ts";
import type { ProgramConfig } from "./define-config.ts";
import { parseOptions, wrong } from "./parse-options.ts";

/** What was typed after `mandate worker`. */
export interface WorkerArguments {
  readonly help: boolean;
  readonly version: boolean;
  /** The file named by `--config`. */
  readonly file: string | undefined;
  readonly environment: string | undefined;
  readonly config: ProgramConfig;
}

export const WORKER_OPTIONS = {
  require: { type: "string", short: "r", multiple: true },
  queue: { type: "string", short: "q", multiple: true },
  concurrency: { type: "string", short: "c" },
  timeout: { type: "string", short: "t" },
  environment: { type: "string", short: "e" },
  config: { type: "string", short: "C" },
  processes: { type: "string" },
  url: { type: "string" },
  "redis-url": { type: "string" },
  recurring: { type: "string", multiple: true },
  "recurring-beside-ruby": { type: "boolean" },
  tag: { type: "string", short: "g" },
  health: { type: "string" },
  "health-timeout": { type: "string" },
  verbose: { type: "boolean", short: "v" },
  version: { type: "boolean", short: "V" },
  help: { type: "boolean", short: "h" },
} as const;

/**
 * @throws {UsageError} if there is no such option, or it has no value, or one that it cannot have.
 */
export function parseWorkerArguments(argv: readonly string[]): WorkerArguments {
  const { values } = parseOptions(argv, {
    command: "mandate worker",
    options: WORKER_OPTIONS,
    allowPositionals: false,
  });
  const { help = false, version = false, config: file, environment } = values;
  const given = {
    require: values.require,
    queues: values.queue === undefined ? undefined : readQueues(values.queue),
    concurrency: readCount("--concurrency", values.concurrency),
    timeout: readDuration(values.timeout),
    processes: readCount("--processes", values.processes),
    url: values.url,
    redisUrl: values["redis-url"],
    recurring: values.recurring,
    recurringBesideRuby: values["recurring-beside-ruby"],
    tag: values.tag,
    health: readHealth(values.health),
    healthTimeout: readDuration(values["health-timeout"]),
    verbose: values.verbose,
  };
  const config = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  return { help, version, file, environment, config };
}

/** As Sidekiq's: `critical,6` has a weight, `critical` none. */
function readQueues(queues: readonly string[]): Queues {
  return queues.length === 1 && queues[0] === "*" ? "*" : queues.map((queue) => readQueue(queue));
}

function readQueue(queue: string): QueueWeight {
  const [, name, weight] = /^([^,]*),(.*)$/.exec(queue) ?? [];
  if (name === undefined) {
    return queue;
  }
  if (!/^\d+$/.test(weight ?? "")) {
    throw wrong(
      `"${queue}" as --queue`,
      "what follows the comma is its weight, and no whole number",
      `Write -q ${name}, or -q ${name},4`,
    );
  }
  return [name, Number(weight)];
}

function readCount(option: string, value: string | undefined): number | undefined {
  if (value === undefined || (/^\d+$/.test(value) && Number(value) >= 1)) {
    return value === undefined ? undefined : Number(value);
  }
  throw wrong(`"${value}" as ${option}`, "it is no whole number from 1 up", `Write ${option} 10`);
}

/** Checked where all durations are, from the command line or not. */
function readDuration(value: string | undefined): Duration | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value) ? Number(value) : (value as Duration);
}

function readHealth(value: string | undefined): number | string | undefined {
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : value;
}
