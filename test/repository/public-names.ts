import { imports, repositoryFiles, withoutComments, type SourceFile } from "./source-files.ts";

interface PublicName {
  readonly name: string;
  /** The file that declares it. */
  readonly file: SourceFile;
}

/** What the entries export, with the files that declare it. */
function publicNames(): PublicName[] {
  const sources = new Map(repositoryFiles("src/**/*.{ts,tsx}").map((file) => [file.path, file]));
  const entries = [...sources.values()].filter(({ path }) => /^src\/[^/]+$/.test(path));
  const found = entries.flatMap((entry) => reexports(entry, sources));
  return [...new Map(found.map((each) => [`${each.file.path} ${each.name}`, each])).values()];
}

/** Public names, and members of what has any, without a docstring: `src/job/x.ts: name`. */
export function undocumented(): string[] {
  const names = publicNames();
  return names.flatMap(({ name, file }) => {
    const lines = file.text.split("\n");
    const declaration = declares(name);
    const index = lines.findIndex((line) => declaration.test(line));
    if (index < 0) return [`${file.path}: ${name} is not declared here`];
    const own = isDocumented(lines, index) ? [] : [`${file.path}: ${name}`];
    const hasMembers = / (interface|class) /.test(lines[index] ?? "");
    // What implements an interface has its docstrings.
    const implemented = / implements (\w+)/.exec(lines[index] ?? "")?.[1];
    const told = implemented ? memberNames(names, implemented) : [];
    const members = hasMembers ? bareMembers(lines, index) : [];
    return [
      ...own,
      ...members
        .filter((member) => !told.includes(member))
        .map((member) => `${file.path}: ${name}.${member}`),
    ];
  });
}

function reexports(file: SourceFile, sources: ReadonlyMap<string, SourceFile>): PublicName[] {
  const statements = withoutComments(file.text).matchAll(
    /export (?:type )?(\*|\{[^}]*\}) from "([^"]+)"/g,
  );
  return [...statements].flatMap(([, names = "", specifier]) => {
    const path = imports(file).find((imported) => imported.specifier === specifier)?.path ?? "";
    const source = sources.get(path);
    if (!source) return [];
    if (names === "*") return declaredNames(source).map((name) => ({ name, file: source }));
    return listed(names).map((name) => ({ name, file: source }));
  });
}

/** `{ A, type B, c as d }` → A, B, c. */
function listed(names: string): string[] {
  return names
    .replaceAll(/[{}]/g, "")
    .split(",")
    .map((name) =>
      name
        .trim()
        .replace(/^type /, "")
        .replace(/ as .*$/, ""),
    )
    .filter((name) => name !== "");
}

function declaredNames({ text }: SourceFile): string[] {
  const declarations = /^export (?:declare |abstract |async )*\w+\*? ([\w$]+)/gm;
  return [...new Set([...text.matchAll(declarations)].map((match) => match[1] ?? ""))];
}

function declares(name: string): RegExp {
  const words = "export (?:declare |abstract |async )*(?:class|function\\*?|interface|type|const)";
  return new RegExp(`^${words} ${name.replaceAll("$", "\\$")}\\b`);
}

function isDocumented(lines: readonly string[], index: number): boolean {
  // A remark for who works on it may stand below.
  const before = lines.slice(0, index).findLast((line) => !/^\s*\/\//.test(line));
  return /\*\/\s*$/.test(before ?? "");
}

function memberNames(names: readonly PublicName[], name: string): string[] {
  const lines = names.find((each) => each.name === name)?.file.text.split("\n") ?? [];
  const start = lines.findIndex((line) => declares(name).test(line));
  const end = lines.findIndex((line, index) => index > start && line.startsWith("}"));
  return lines.slice(start, end).flatMap((line) => memberOn(line) ?? []);
}

/** Members of an interface or class, told by the formatter's two spaces, that have no docstring. */
function bareMembers(lines: readonly string[], start: number): string[] {
  if (/\}\s*$/.test(lines[start] ?? "")) return [];
  const end = lines.findIndex((line, index) => index > start && line.startsWith("}"));
  const bare: string[] = [];
  const seen = new Set<string>();
  for (let index = start + 1; index < end; index++) {
    const name = memberOn(lines[index] ?? "");
    // Of overloads, and of a getter with its setter, the first one speaks for all.
    if (!name || seen.has(name)) continue;
    seen.add(name);
    if (!isDocumented(lines, index)) bare.push(name);
  }
  return bare;
}

/** Documented once, where they are first declared: an error's code is that of MandateError. */
const inherited = ["constructor", "code"];

/** `  readonly name: string;` → name. Not private ones, nor what only overrides. */
function memberOn(line: string): string | undefined {
  const words = "(?:static |readonly |abstract |declare |async |get |set )*";
  const name = new RegExp(`^ {2}${words}\\*?([\\w$]+)[?!]?(?:[:(<;]| =)`).exec(line)?.[1];
  return name === undefined || inherited.includes(name) ? undefined : name;
}
