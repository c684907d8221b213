import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { configure } from "mandate";
import { Worker } from "mandate/worker";
import { beforeAll, describe, expect, it } from "vitest";
import { findCommand } from "../src/cli/find-command.ts";
import { parseOptions } from "../src/cli/parse-options.ts";
import { codeBlocks, docstringBlocks, type CodeBlock } from "./repository/code-blocks.ts";
import { codeSpans, firstColumn, links, sections } from "./repository/markdown.ts";
import { root } from "./repository/program.ts";
import { undocumented } from "./repository/public-names.ts";
import { isSliceOf } from "./repository/slices.ts";
import { repositoryFiles, type SourceFile } from "./repository/source-files.ts";
import { typeCheck } from "./repository/type-check.ts";

const pages = repositoryFiles("*.md", "docs/**/*.md");
const blocks = pages.flatMap(codeBlocks);
/** What Vitest runs, as a test or by one: test/pages.test.ts, test/guides.test.ts. */
const programs = repositoryFiles(
  "test/pages/*.ts",
  "test/guides/**/*.ts",
  "commands-example/**/*.ts",
  "test/orm/*.test.ts",
);

/** What no program that runs has must compile by itself. */
const examples = [
  ...repositoryFiles("src/**/*.{ts,tsx}").flatMap(docstringBlocks),
  ...blocks.filter(({ code }) => !programs.some(({ text }) => isSliceOf(code, text))),
]
  .filter(({ language }) => ["ts", "typescript", "js"].includes(language))
  .map((block) => ({ ...block, name: `${block.at.replaceAll(/\W/g, "-")}.ts` }));
let errors: Map<string, string[]>;

beforeAll(async () => {
  errors = await typeCheck(new Map(examples.map(({ name, code }) => [name, code])));
}, 120_000);

describe("docstrings", () => {
  it("are there for everything that an entry exports, and for its members", () => {
    expect(undocumented()).toEqual([]);
  });
});

describe("examples", () => {
  it("are there", () => {
    expect(examples).not.toEqual([]);
  });

  it.each(examples)("the one at $at compiles", ({ name }) => {
    expect(errors.get(name) ?? []).toEqual([]);
  });
});

describe("pages", () => {
  it("link to pages and sections that there are", () => {
    const astray = pages.flatMap((page) =>
      links(page)
        .filter(({ path, section }) => !isThere(path, section))
        .map(({ path, section }) => `${page.path}: ${path}${section && `#${section}`}`),
    );

    expect(astray).toEqual([]);
  });

  it("name files that there are", () => {
    const missing = pages.flatMap((page) =>
      [...codeSpans(page), ...testsRun(page)]
        .filter((span) => isOurPath(span, page) && !isOurs(span))
        .map((span) => `${page.path}: ${span}`),
    );

    expect(missing).toEqual([]);
  });

  it("have command lines that the program understands", () => {
    const misread = blocks.filter(({ language }) => language === "sh").flatMap(misreadLines);

    expect(misread).toEqual([]);
  });

  it.each([
    ["configure", () => configure({ none: 1 } as object)],
    ["A worker", () => new Worker({ none: 1 } as object)],
  ])("list the options of %s", (heading, refused) => {
    const listed = repositoryFiles("docs/configuration.md")
      .flatMap((page) => firstColumn(page, heading))
      .flatMap((cell) => cell.replaceAll("`", "").split(", "));

    expect(listed.toSorted()).toEqual(optionsIn(refused).toSorted());
  });

  it("list the code of every error that an application may see", () => {
    const sources = repositoryFiles("src/**/*.{ts,tsx}").filter(
      ({ path }) => !path.includes("/cli/"),
    );
    const codes = sources.flatMap(({ text }) =>
      [...text.matchAll(/ code(?:: [^=]*)? = "(MANDATE_\w+)"/g)].map((match) => match[1] ?? ""),
    );
    const listed = repositoryFiles("docs/errors.md").flatMap(codeSpans);

    expect(codes).not.toEqual([]);
    expect(codes.filter((code) => !listed.includes(code))).toEqual([]);
  });

  it("are all linked by the README", () => {
    const linked = repositoryFiles("README.md").flatMap(links);
    const unlinked = pages
      .map(({ path }) => path)
      .filter((path) => path !== "README.md" && !path.startsWith("docs/decisions/"))
      .filter((path) => !linked.some((link) => link.path === path));

    expect(unlinked).toEqual([]);
  });
});

function isThere(path: string, section: string): boolean {
  if (!existsSync(resolve(root, path))) return false;
  return section === "" || repositoryFiles(path).flatMap(sections).includes(section);
}

/**
 * Pages for users name files of theirs, too. Those about this repository leave out what a folder is in:
 * `job/run.ts`, `keys.ts`.
 */
function isOurPath(span: string, { path }: SourceFile): boolean {
  if (/^(?:test|docs|bench|scripts|commands-example)\/[\w./-]*$/.test(span)) return true;
  const isAboutUs = /^(?:CONTRIBUTING|docs\/architecture|docs\/decisions\/)/.test(path);
  return isAboutUs && /^(?:[\w.-]+\/)*[\w.-]+(?:\.ts|\.lua|\/)$/.test(span);
}

/** The files of `npx vitest run …`. */
function testsRun(page: SourceFile): string[] {
  const lines = codeBlocks(page).flatMap(({ code }) => code.split("\n"));
  return lines.flatMap((line) => /vitest run (\S+)/.exec(line)?.[1] ?? []);
}

const ours = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((path) => !/(?:^|\/)(?:node_modules|\.git|dist|coverage)(?:\/|$)/.test(path))
  .map((path) => `/${path.replaceAll("\\", "/")}/`);

function isOurs(span: string): boolean {
  return ours.some((path) => path.includes(`/${span.replace(/\/$/, "")}/`));
}

/** The lines that begin with the program's name, or start it in one of the ways that there are. */
function misreadLines({ at, code }: CodeBlock): string[] {
  const lines = code.split("\n").map((line) => line.split(" #")[0]?.trim() ?? "");
  return lines
    .map((line) => /^(?:\w+=\S+ )*(?:npx |\S*\.bin\/)?mandate (.*)$/.exec(line)?.[1])
    .filter((typed) => typed !== undefined)
    .filter((typed) => !isUnderstood(wordsOf(typed)))
    .map((typed) => `${at}: mandate ${typed}`);
}

function isUnderstood(words: readonly string[]): boolean {
  const found = findCommand(words);
  if (found === undefined) return false;
  const { command, rest } = found;
  try {
    parseOptions(rest, { command: command.name, options: command.options, allowPositionals: true });
    return true;
  } catch {
    return false;
  }
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? "",
  );
}

/** The names in "There are: a, b, c". */
function optionsIn(refused: () => unknown): string[] {
  try {
    refused();
  } catch (error) {
    return /There are: (.*)$/.exec((error as Error).message)?.[1]?.split(", ") ?? [];
  }
  return [];
}
