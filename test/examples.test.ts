import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { comparableOutput, expectedOutput, root, runProgram } from "./repository/program.ts";
import { repositoryFiles } from "./repository/source-files.ts";

/** Needs a redis-server: test/commands-example/redis.test.ts runs it. */
const elsewhere = ["commands-example/redis.ts"];

/** Each program directly in commands-example; what lies in its folders is theirs. */
const programs = repositoryFiles("commands-example/*.ts")
  .map(({ path }) => path)
  .filter((path) => !elsewhere.includes(path));

const main = resolve(root, "commands-example/main.ts");

describe("examples", () => {
  it("has the one that npm run example runs", () => {
    expect(programs).toContain("commands-example/main.ts");
  });

  it.each(programs)("%s runs, and finds what it checks", { timeout: 150_000 }, async (path) => {
    const { exit, stdout, stderr } = await runProgram(resolve(root, path), { deadlineMs: 140_000 });

    expect({ exit, stderr, stdout }).toEqual({ exit: 0, stderr, stdout });
    const expected = expectedOutput(resolve(root, path)) ?? comparableOutput(stdout, []);
    expect(comparableOutput(stdout, expected)).toEqual(expected);
  });

  it.each(["sqlite", "postgres"])(
    "the one of npm run example runs on %s",
    { timeout: 150_000 },
    async (on) => {
      const { exit, stdout, stderr } = await runProgram(main, {
        args: ["--on", on],
        deadlineMs: 140_000,
      });

      expect({ exit, stderr, stdout }).toEqual({
        exit: 0,
        stderr,
        stdout: expect.stringContaining("✓"),
      });
    },
  );

  it("says on what it runs where it is told another", { timeout: 150_000 }, async () => {
    const { exit, stderr } = await runProgram(main, {
      args: ["--on", "paper"],
      deadlineMs: 140_000,
    });

    expect(exit).toBe(1);
    expect(stderr).toContain('Cannot run on "paper": --on takes memory, sqlite, postgres, redis');
  });
});
