import { ConfigurationError } from "../support/errors.ts";
import { replaceTags } from "./embedded-ruby.ts";
import { readRubyYaml } from "./ruby-yaml.ts";

/** A map in a file. */
export type Settings = Readonly<Record<string, unknown>>;

/** Where a text is from, and the environment variables that its ERB tags may look at. */
export interface RubyFileContext {
  /** The file's name, for messages. */
  readonly file: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a Ruby program's YAML, in which ERB tags may look at the environment.
 *
 * @throws {ConfigurationError} if it is none.
 */
export function readRubyFile(text: string, { file, variables }: RubyFileContext): unknown {
  const yaml = replaceTags(text, file, variables);
  try {
    return readRubyYaml(yaml);
  } catch (error) {
    const [reason = ""] = (error as Error).message.split("\n");
    throw cannotUse(file, `it is no YAML: ${reason.replace(/:$/, "")}`, "Mend it");
  }
}

export function isSettings(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function cannotUse(where: string, why: string, whatToDo: string): ConfigurationError {
  return new ConfigurationError(`Cannot use ${where}: ${why}. ${whatToDo}`);
}
