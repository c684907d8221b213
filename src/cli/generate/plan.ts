import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { wrong } from "../parse-options.ts";

/** What is to be written, and in which style. */
export interface Plan {
  readonly className: string;
  readonly args: readonly PlannedArgument[];
  readonly file: string;
  readonly test: string;
  /** How the test imports the command. */
  readonly specifier: string;
  readonly runner: "vitest" | "node:test";
  /** The queue that the command declares, if any. */
  readonly queue?: string | undefined;
}

interface PlannedArgument {
  readonly name: string;
  /** In TypeScript. */
  readonly type: string;
  /** A value of that type, for the test. */
  readonly example: string;
}

/** What may be typed behind an argument's name, with a value of each. */
const EXAMPLES: Readonly<Record<string, string>> = {
  number: "1",
  boolean: "true",
  bigint: "1n",
  Date: "new Date(0)",
};

/** Types as Rails's generators call them. */
const RAILS_TYPES: Readonly<Record<string, string>> = {
  integer: "number",
  float: "number",
  text: "string",
  date: "Date",
  datetime: "Date",
  time: "Date",
};

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/**
 * @param path Of the command, with or without ".ts", from the working directory.
 * @param args Names, each with its type where it is no string: "customer", "amount:number".
 * @throws {UsageError} if no class can be named after it, or an argument cannot be called so, or
 *   has no such type.
 */
export function planOf(path: string, args: readonly string[]): Plan {
  const bare = withoutEnding(path);
  const className = classNameOf(path, "a path such as src/commands/send-invoice");
  const file = `${bare}.ts`;
  const test = existsSync("test")
    ? join("test", `${withoutSource(bare)}.test.ts`)
    : `${bare}.test.ts`;
  const planned = args.map(plannedArgument);
  return {
    className,
    args: planned,
    file,
    test,
    specifier: specifierOf(test, file),
    runner: runner(),
  };
}

/**
 * @param path As it was typed, or a name.
 * @param advice What to write instead of one that will not do.
 */
export function classNameOf(path: string, advice: string): string {
  const className = pascalCase(basename(withoutEnding(path).replaceAll("::", "/")));
  if (!IDENTIFIER.test(className)) {
    throw wrong(`"${path}"`, "no class can be named after it", `Write ${advice}`);
  }
  return className;
}

function withoutEnding(path: string): string {
  return path.replace(/\.[mc]?ts$/, "");
}

function plannedArgument(arg: string): PlannedArgument {
  const [name = "", given = "string"] = arg.split(/:(.*)/);
  if (!IDENTIFIER.test(name)) {
    throw wrong(`"${arg}" as an argument`, "it is no name", "Write one such as customer");
  }
  const [, written = given, list = ""] = /^(.*?)(\[\])?$/.exec(given) ?? [];
  const one = RAILS_TYPES[written] ?? written;
  const type = `${one}${list}`;
  const example = one === "string" ? JSON.stringify(name) : EXAMPLES[one];
  if (example === undefined) {
    throw wrong(
      `"${arg}" as an argument`,
      `there is no type "${given}"`,
      `Write ${name}, or ${name} with one of :${Object.keys(EXAMPLES).join(", :")} or :string, ` +
        "or a list of these such as :number[]",
    );
  }
  return { name, type, example: list === "" ? example : `[${example}]` };
}

function pascalCase(name: string): string {
  return name
    .split(/[-_.\s]+/)
    .map((word) => `${word[0]?.toUpperCase() ?? ""}${word.slice(1)}`)
    .join("");
}

/** Tests mirror src. */
function withoutSource(path: string): string {
  return relative("src", path).startsWith("..") ? path : relative("src", path);
}

function specifierOf(test: string, file: string): string {
  const path = relative(dirname(test), file).split(sep).join("/");
  const local = path.startsWith(".") ? path : `./${path}`;
  return importsTypeScript() ? local : local.replace(/\.ts$/, ".js");
}

/** Whether imports end in ".ts", as Node's own TypeScript wants them; a compiler must allow it. */
function importsTypeScript(): boolean {
  const options = read("tsconfig.json");
  return (
    options === undefined ||
    /"(allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true|"extends"/.test(
      options,
    )
  );
}

function runner(): Plan["runner"] {
  return /"vitest"\s*:/.test(read("package.json") ?? "") ? "vitest" : "node:test";
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
