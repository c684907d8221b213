import { availableParallelism } from "node:os";
import { ConfigurationError } from "../support/errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = String.raw`(?:"(?<name>\w+)"|'(?<name2>\w+)')`;
/** How many processors there are, as Ruby and concurrent-ruby say it. */
const PROCESSORS = String.raw`(?<processors>Etc\.nprocessors|Concurrent\.(?:physical_)?processor_count)`;
const DEFAULT = String.raw`(?:"(?<text>[^"\\#]*)"|'(?<text2>[^'\\]*)'|(?<number>\d+(?:\.\d+)?)|${PROCESSORS})`;

/**
 * What is understood; `.to_i` and `.to_s` may follow each, since YAML tells a number from a text by
 * itself.
 */
const EXPRESSIONS = [
  PROCESSORS,
  String.raw`ENV\[\s*${NAME}\s*\](?<isOptional>)`,
  String.raw`ENV\[\s*${NAME}\s*\](?:\.presence)?\s*\|\|\s*${DEFAULT}`,
  String.raw`ENV\.fetch\(\s*${NAME}\s*\)`,
  String.raw`ENV\.fetch\(\s*${NAME}\s*,\s*${DEFAULT}\s*\)`,
  String.raw`ENV\.fetch\(\s*${NAME}\s*\)\s*\{\s*${DEFAULT}\s*\}`,
].map((source) => new RegExp(String.raw`^(?:${source})(?:\.to_[is])?$`));

/**
 * Puts environment variables in the place of a YAML file's ERB tags, and refuses all else of Ruby.
 *
 * Lines that are comments of YAML are left out: Sidekiq's own sample runs a program in one.
 *
 * @throws {ConfigurationError} if a tag is anything but a look at an environment variable, or one
 *   is not set.
 */
export function replaceTags(text: string, file: string, environment: Environment): string {
  const code = text.replaceAll(/^[ \t]*#.*$/gm, "");
  return code.replaceAll(/<%(=?)([\s\S]*?)-?%>/g, (tag, prints: string, inside: string, at) => {
    if (inside.startsWith("#")) {
      return "";
    }
    const line = code.slice(0, at as number).split("\n").length;
    return prints === ""
      ? refuse(tag, `${file}:${line}`)
      : valueOf(inside.trim(), { tag, where: `${file}:${line}`, environment });
  });
}

function valueOf(
  expression: string,
  { tag, where, environment }: { tag: string; where: string; environment: Environment },
): string {
  const groups = EXPRESSIONS.map((pattern) => pattern.exec(expression)?.groups).find(Boolean);
  if (groups === undefined) {
    return refuse(tag, where);
  }
  const name = groups["name"] ?? groups["name2"] ?? "";
  const processors = groups["processors"] === undefined ? undefined : `${availableParallelism()}`;
  const fallback = groups["text"] ?? groups["text2"] ?? groups["number"] ?? processors;
  const value = environment[name] ?? fallback ?? (groups["isOptional"] === "" ? "" : undefined);
  if (value === undefined) {
    throw new ConfigurationError(
      `Cannot use ${where}: it needs the environment variable ${name}, which is not set. ` +
        `Set it, or write ENV.fetch("${name}", "a default")`,
    );
  }
  return value;
}

function refuse(tag: string, where: string): never {
  throw new ConfigurationError(
    `Cannot use ${where}: no Ruby is run, and ${tag.replaceAll(/\s+/g, " ")} is more than a look at ` +
      'the environment. Write <%= ENV.fetch("NAME", "a default") %> or <%= ENV["NAME"] %>',
  );
}
