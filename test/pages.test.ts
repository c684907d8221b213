import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeBlocks } from "./repository/code-blocks.ts";
import { comparableOutput, expectedOutput, root, runProgram } from "./repository/program.ts";
import { isSliceOf, longestSlice } from "./repository/slices.ts";
import { RedisServer } from "./support/redis-server.ts";
import { missing } from "./support/requires.ts";
import { repositoryFiles, type SourceFile } from "./repository/source-files.ts";

/*
 * A snippet of README.md is a slice of a program that is compiled, and run:
 * - test/pages/*.ts, each run here in a process of its own, and its `// Output:` compared;
 * - test/pages/*.test.ts, run by Vitest as tests;
 * - commands-example/, run by examples.test.ts.
 * So are snippets of docs/, unless they compile by themselves: docs.test.ts.
 */
const programs = repositoryFiles("test/pages/*.ts", "commands-example/**/*.ts");
const runnable = programs.filter(
  ({ path }) => path.startsWith("test/pages/") && !path.endsWith(".test.ts"),
);
const readme = repositoryFiles("README.md").flatMap(codeBlocks);

describe("README", () => {
  it("shows only slices of programs that run", () => {
    const stray = readme
      .filter(({ language }) => ["ts", "typescript", "js"].includes(language))
      .filter(({ code }) => !programs.some(({ text }) => isSliceOf(code, text)))
      .map(({ at, code }) => `${at}: ${closest(code)}`);

    expect(stray).toEqual([]);
  });

  it("opens with a whole program", () => {
    const [first] = readme.filter(({ language }) => language === "ts");
    const [program] = programs.filter(({ path }) => path === "test/pages/one-screen.ts");

    expect(program?.text.split("\n\n// Output:")[0]).toBe(first?.code);
  });

  it("is short enough to be read", () => {
    const [page] = repositoryFiles("README.md");

    expect(page?.text.trimEnd().split("\n").length).toBeLessThan(250);
  });

  it("names only scripts that package.json has", () => {
    const named = [...readme, ...repositoryFiles("CONTRIBUTING.md").flatMap(codeBlocks)]
      .filter(({ language }) => language === "sh")
      .flatMap(({ code }) => [...code.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)])
      .map((match) => match[1] ?? match[2]);

    expect(named).toEqual(expect.arrayContaining(["example", "setup", "test"]));
    expect(Object.keys(scripts())).toEqual(expect.arrayContaining(named));
  });

  it("has the two commands, of one line each", () => {
    const lines = readme.flatMap(({ code }) => code.split("\n")).map((line) => line.split(" #")[0]);

    expect(lines).toContain("npm ci && npm run example");
    expect(lines).toContain("npm ci && npm run setup && npm test");
  });

  it.each(runnable.map(({ path }) => path))("%s runs", { timeout: 60_000 }, async (path) => {
    expect(await runOn(path, undefined)).toEqual(GOOD);
  });
});

describe.skipIf(missing("redis"))("README on Redis", () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server?.dispose());

  it.each(runnable.map(({ path }) => path))(
    "%s prints the same",
    { timeout: 60_000 },
    async (path) => {
      const redis = new Redis(server.url);
      await redis.flushall();
      redis.disconnect();

      expect(await runOn(path, server.url)).toEqual(GOOD);
    },
  );
});

const GOOD = { exit: 0, unlike: [] };

/** How a program ended, and what it printed that it does not say. */
async function runOn(path: string, url: string | undefined): Promise<object> {
  const file = resolve(root, path);
  const env = { REDIS_URL: url };
  const { exit, stdout, stderr } = await runProgram(file, { deadlineMs: 50_000, env });
  const expected = expectedOutput(file) ?? comparableOutput(stdout, []);
  const printed = comparableOutput(stdout, expected);
  const unlike = isDeepStrictEqual(printed, expected) ? [] : [printed, expected];
  return exit === 0 ? { exit, unlike } : { exit, unlike, stderr };
}

/** Of all programs, the one that has most of the snippet: where it goes astray. */
function closest(code: string): string {
  const at = (line: string | undefined): number => code.split("\n").indexOf(line ?? "");
  const [nearest] = programs
    .map(({ path, text }: SourceFile) => ({ path, line: longestSlice(code, text) }))
    .toSorted((one, other) => at(other.line) - at(one.line));
  return nearest ? `${nearest.path} lacks "${nearest.line}"` : "there are no programs";
}

function scripts(): Record<string, string> {
  const text = readFileSync(resolve(root, "package.json"), "utf8");
  return (JSON.parse(text) as { scripts: Record<string, string> }).scripts;
}
