import type { Configuration } from "../configuration/configuration.ts";
import type { QueueWeight, Queues } from "../worker/queue-order.ts";
import type { ProgramConfig } from "./define-config.ts";
import { replaceTags } from "./embedded-ruby.ts";
import { readRubyYaml } from "./ruby-yaml.ts";
import { UsageError } from "./usage.ts";

/** Queues that are served in the same process by slots of their own. */
export interface Capsule {
  readonly name: string;
  readonly queues: readonly QueueWeight[];
  readonly concurrency: number;
}

/** What one of a supervisor's processes serves, where each serves something else. */
export interface Share {
  readonly queues: Queues;
  readonly concurrency: number;
}

/** What a configuration file says, whichever kind it is of. */
export interface FileSettings {
  readonly config: ProgramConfig;
  readonly capsules: readonly Capsule[];
  /** One for each process, where they differ. */
  readonly shares: readonly Share[];
  /** What `configure` is told: `max_retries`, `dead_max_jobs` and `dead_timeout_in_seconds`. */
  readonly configured: Pick<Configuration, "retry" | "deadMaxJobs" | "deadTimeout">;
  /** Settings that nothing here reads: Ruby's, or those of Sidekiq's plugins. */
  readonly unused: readonly string[];
  /** What cannot be kept, where it stands, and what to do. */
  readonly remarks: readonly string[];
}

export interface FileContext {
  /** The file's name, for messages. */
  readonly file: string;
  readonly environment: string;
}

export interface TextContext extends FileContext {
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** A map in a file. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * Reads a Ruby program's YAML, in which ERB tags may look at the environment.
 *
 * @throws {UsageError} if it is none, or no map.
 */
export function parseSettings(text: string, { file, variables }: TextContext): Settings {
  const yaml = replaceTags(text, file, variables);
  let parsed: unknown;
  try {
    parsed = readRubyYaml(yaml);
  } catch (error) {
    const [reason = ""] = (error as Error).message.split("\n");
    throw cannotUse(file, `it is no YAML: ${reason.replace(/:$/, "")}`, "Mend it");
  }
  if (parsed !== null && !isSettings(parsed)) {
    throw cannotUse(file, "it is no list of settings", 'Write lines such as "concurrency: 10"');
  }
  return parsed ?? {};
}

export function isSettings(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function cannotUse(where: string, why: string, whatToDo: string): UsageError {
  return new UsageError(`Cannot use ${where}: ${why}. ${whatToDo}`);
}
