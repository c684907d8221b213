import type { Configuration } from "../configuration/configuration.ts";
import {
  isSettings,
  readRubyFile,
  type RubyFileContext,
  type Settings,
} from "../ruby-files/ruby-file.ts";
import type { QueueWeight, Queues } from "../worker/queue-order.ts";
import type { ProgramConfig } from "./define-config.ts";
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
  /** What each process is to do, where not all do the same. */
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

export interface TextContext extends FileContext, RubyFileContext {}

/**
 * Reads the settings in a Ruby program's YAML, in which ERB tags may look at the environment.
 *
 * @throws {UsageError} if it is none, or no map.
 */
export function parseSettings(text: string, context: TextContext): Settings {
  const parsed = readFile(text, context);
  if (parsed !== null && !isSettings(parsed)) {
    throw cannotUse(
      context.file,
      "it is no list of settings",
      'Write lines such as "concurrency: 10"',
    );
  }
  return parsed ?? {};
}

function readFile(text: string, context: TextContext): unknown {
  try {
    return readRubyFile(text, context);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

export function cannotUse(where: string, why: string, whatToDo: string): UsageError {
  return new UsageError(`Cannot use ${where}: ${why}. ${whatToDo}`);
}
