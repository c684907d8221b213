import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Duration } from "../support/duration.ts";
import { isSettings, type Settings } from "../ruby-files/ruby-file.ts";
import type { QueueWeight } from "../worker/queue-order.ts";
import { cannotUse, type Capsule, type FileContext, type FileSettings } from "./yaml-settings.ts";

/** Settings that are `configure`'s, by its names. */
const CONFIGURED = {
  retry: "max_retries",
  deadMaxJobs: "dead_max_jobs",
  deadTimeout: "dead_timeout_in_seconds",
} as const;

const USED = [
  "concurrency",
  "queues",
  "timeout",
  "require",
  "tag",
  "verbose",
  ...Object.values(CONFIGURED),
];
const CAPSULES = "capsules";
/**
 * What Sidekiq serves where no queue is named: not every one, in which jobs of other programs may
 * wait.
 */
const SIDEKIQS_QUEUES: QueueWeight[] = [["default", 0]];
/** Sidekiq forgets `strict` too: whether an order is strict follows from the weights. */
const FORGOTTEN = ["strict"];

/**
 * Reads a Sidekiq configuration file as it is.
 *
 * Keys may be symbols. The section named like the environment counts more than what stands outside;
 * other sections are passed over.
 *
 * @throws {UsageError} if it is none, or asks for what cannot be had.
 * @see Sidekiq 8.1 cli.rb `parse_config`, which runs all of ERB
 */
export function readSidekiqFile(all: Settings, { file, environment }: FileContext): FileSettings {
  const section = all[environment];
  const settings = isSettings(section) ? { ...all, ...section } : all;
  const paths = readPaths(settings["require"], file);
  const config = {
    concurrency: readNumber(settings, "concurrency", file),
    queues: readQueues(settings["queues"], file) ?? SIDEKIQS_QUEUES,
    timeout: readNumber(settings, "timeout", file) as Duration | undefined,
    require: paths.some(isRuby) ? undefined : paths,
    tag: typeof settings["tag"] === "string" ? settings["tag"] : undefined,
    verbose: settings["verbose"] === true ? true : undefined,
  };
  const configured = Object.entries(CONFIGURED).map(
    ([name, setting]) => [name, readCount(settings, setting, file)] as const,
  );
  return {
    config: given(Object.entries(config)),
    capsules: readCapsules(settings, file),
    shares: [],
    remarks: [],
    configured: given(configured),
    unused: Object.keys(settings).filter((name) =>
      name === "require" ? paths.some(isRuby) : isUnused(name, settings[name]),
    ),
  };
}

/** What was said. */
function given(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function readNumber(settings: Settings, name: string, file: string): number | undefined {
  const value = settings[name] ?? undefined;
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (number !== undefined && typeof number !== "number") {
    throw cannotUse(file, `its ${name} is no number`, `Write "${name}: 10"`);
  }
  return number;
}

function readCount(settings: Settings, name: string, file: string): number | undefined {
  const number = readNumber(settings, name, file);
  if (number !== undefined && !(Number.isSafeInteger(number) && number >= 0)) {
    throw cannotUse(file, `its ${name} is no whole number from 0 up`, `Write "${name}: 10"`);
  }
  return number;
}

/**
 * `critical`, `critical,6` or `[critical, 6]`, or names and weights as a map. One that is named
 * twice stands where it was first, with the weight it was given last.
 */
function readQueues(value: unknown, file: string): QueueWeight[] | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  const weights = new Map<string, number>();
  const entries: readonly unknown[] = isSettings(value) ? weightsIn(value) : [value].flat();
  for (const entry of entries) {
    const [name, weight = 0] = typeof entry === "string" ? entry.split(",") : [entry].flat();
    if (typeof name !== "string" || !/^\d+$/.test(String(weight))) {
      throw cannotUse(
        file,
        "one of its queues is no name",
        'Write "- critical" or "- [critical, 6]"',
      );
    }
    weights.set(name, Number(weight));
  }
  return weights.size === 0 ? undefined : [...weights];
}

/** A name without a weight has none. */
function weightsIn(queues: Settings): [name: string, weight: unknown][] {
  return Object.entries(queues).map(([name, weight]) => [name, weight ?? 0]);
}

function readCapsules(settings: Settings, file: string): Capsule[] {
  const capsules = settings[CAPSULES] ?? {};
  if (!isSettings(capsules)) {
    throw cannotUse(
      file,
      "its capsules have no names",
      'Write "capsules:", and below it "single:"',
    );
  }
  return Object.entries(capsules).map(([name, capsule]) => {
    const read = isSettings(capsule) ? capsule : {};
    const [queues, concurrency] = [
      readQueues(read["queues"], file),
      readNumber(read, "concurrency", file),
    ];
    if (queues === undefined || concurrency === undefined) {
      throw cannotUse(file, `its capsule ${name} lacks queues or concurrency`, "Write both");
    }
    return { name, queues, concurrency };
  });
}

function readPaths(value: unknown, file: string): readonly string[] {
  const paths = [value ?? []].flat();
  if (!paths.every((path) => typeof path === "string")) {
    throw cannotUse(file, "its require is no path", 'Write "require: ./commands"');
  }
  return paths;
}

/** A Ruby file, or by Sidekiq's own test a Rails application. */
function isRuby(path: string): boolean {
  return path.endsWith(".rb") || existsSync(join(path, "config/environment.rb"));
}

/** A section of another environment is no setting. */
function isUnused(name: string, value: unknown): boolean {
  const isSection = isSettings(value) && Object.keys(value).some((key) => USED.includes(key));
  return !USED.includes(name) && name !== CAPSULES && !FORGOTTEN.includes(name) && !isSection;
}
