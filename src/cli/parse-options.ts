import { parseArgs, type ParseArgsConfig } from "node:util";
import { nearest } from "../support/nearest.ts";
import { UsageError } from "./usage.ts";

/** One option of a command: what `parseArgs` needs, and what help and completion say of it. */
interface OptionDefinition {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for its value in the help: "NAME". */
  readonly value?: string;
  /** What it does, in a few words. */
  readonly about?: string;
}

export type OptionTable = Readonly<Record<string, OptionDefinition>>;

/** What was typed after a command, by its table of options. */
export type OptionValues<Options extends OptionTable> = {
  readonly [Name in keyof Options]?: Options[Name]["type"] extends "boolean"
    ? boolean
    : Options[Name] extends { readonly multiple: true }
      ? readonly string[]
      : string;
};

export interface Parsed<Options extends OptionTable> {
  readonly values: OptionValues<Options>;
  readonly positionals: readonly string[];
}

/**
 * @param command What was typed before: "mandate queues pause".
 * @throws {UsageError} if there is no such option, or it has no value, or one that it cannot have.
 */
export function parseOptions<const Options extends OptionTable>(
  argv: readonly string[],
  {
    command,
    options,
    allowPositionals,
  }: { readonly command: string; readonly options: Options; readonly allowPositionals: boolean },
): Parsed<Options> {
  const config = { args: [...argv], options: options as ParseArgsConfig["options"] & object };
  let parsed: { values: object; positionals: readonly string[] };
  try {
    parsed = parseArgs({ ...config, allowPositionals });
  } catch (error) {
    const names = Object.keys(options);
    throw usageErrorOf(error, { argv, names, seeHelp: `Run "${command} --help"` });
  }
  const values = parsed.values as OptionValues<Options>;
  return { values, positionals: parsed.positionals };
}

function usageErrorOf(
  error: unknown,
  {
    argv,
    names,
    seeHelp,
  }: {
    readonly argv: readonly string[];
    readonly names: readonly string[];
    readonly seeHelp: string;
  },
): UsageError {
  const { code, message } = error as { code?: string; message: string };
  const [, quoted = ""] = /'([^']+)'/.exec(message) ?? [];
  // A known one is quoted with all its forms: '-c, --concurrency <value>'.
  const option = `option ${/--[\w-]+/.exec(quoted)?.[0] ?? quoted}`;
  switch (code) {
    case "ERR_PARSE_ARGS_UNKNOWN_OPTION":
      return wrong(option, "there is no such option", meantOption(option, names) ?? seeHelp);
    case "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL":
      return wrong(`"${quoted}"`, "it belongs to no option", seeHelp);
    default: // ERR_PARSE_ARGS_INVALID_OPTION_VALUE
      return /does not take/.test(message)
        ? wrong(`a value for ${option}`, "it takes none", "Leave the value out")
        : /ambiguous/.test(message)
          ? withDash(option, argv)
          : wrong(option, "its value is missing", "Give one after it");
  }
}

function meantOption(option: string, names: readonly string[]): string | undefined {
  const meant = nearest(option.replace(/^option -*/, ""), names);
  return meant === undefined ? undefined : `Did you mean --${meant}?`;
}

/** What follows the option looks like another one: `-n -1`. */
function withDash(option: string, argv: readonly string[]): UsageError {
  const name = option.replace("option ", "");
  const value = argv[argv.indexOf(name) + 1];
  // Short options may be written together: `-yn -1`.
  const joined = argv.includes(name) ? `${name}${name.startsWith("--") ? "=" : ""}${value}` : "";
  const advice = joined === "" ? "" : `, or write ${joined} if that is meant`;
  return wrong(
    option,
    "its value is missing, or begins with a dash",
    `Give one that does not${advice}`,
  );
}

export function wrong(what: string, why: string, whatToDo: string): UsageError {
  return new UsageError(`Cannot use ${what}: ${why}. ${whatToDo}`);
}
