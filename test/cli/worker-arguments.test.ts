import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/cli/usage.ts";
import { parseWorkerArguments } from "../../src/cli/worker-arguments.ts";

describe("parseWorkerArguments", () => {
  it("says nothing where nothing was typed", () => {
    expect(parseWorkerArguments([])).toEqual({
      help: false,
      version: false,
      file: undefined,
      environment: undefined,
      config: {},
    });
  });

  it("reads the short forms, as Sidekiq's", () => {
    const args = ["-c", "5", "-q", "critical,6", "-q", "low", "-r", "a", "-r", "b"];

    expect(
      parseWorkerArguments([...args, "-t", "8", "-e", "test", "-C", "x.yml", "-g", "blue", "-v"]),
    ).toMatchObject({
      file: "x.yml",
      environment: "test",
      config: {
        concurrency: 5,
        queues: [["critical", 6], "low"],
        require: ["a", "b"],
        timeout: 8,
        tag: "blue",
        verbose: true,
      },
    });
  });

  it("reads the long forms", () => {
    const args = ["--processes=3", "--redis-url=redis://localhost", "--timeout", "5 minutes"];

    expect(
      parseWorkerArguments([...args, "--health", "8080", "--health-timeout=30s"]).config,
    ).toEqual({
      processes: 3,
      redisUrl: "redis://localhost",
      timeout: "5 minutes",
      health: 8080,
      healthTimeout: "30s",
    });
  });

  it("reads files of recurring jobs", () => {
    const args = ["--recurring", "a.yml", "--recurring=b.yml", "--recurring-beside-ruby"];

    expect(parseWorkerArguments(args).config).toEqual({
      recurring: ["a.yml", "b.yml"],
      recurringBesideRuby: true,
    });
  });

  it("reads every queue, and a health file", () => {
    expect(parseWorkerArguments(["-q", "*", "--health", "tmp/live"]).config).toEqual({
      queues: "*",
      health: "tmp/live",
    });
  });

  it.each([
    [["--foo=1"], 'option --foo: there is no such option. Run "mandate worker --help"'],
    [["-x"], 'option -x: there is no such option. Run "mandate worker --help"'],
    [["extra"], '"extra": it belongs to no option. Run "mandate worker --help"'],
    [["-c"], "option --concurrency: its value is missing. Give one after it"],
    [
      ["-c", "-q", "a"],
      "option -c: its value is missing, or begins with a dash. Give one that does not, or write -c-q if that is meant",
    ],
    [["--redis-url"], "option --redis-url: its value is missing. Give one after it"],
    [["--verbose=1"], "a value for option --verbose: it takes none. Leave the value out"],
    [["-c", "0"], '"0" as --concurrency: it is no whole number from 1 up. Write --concurrency 10'],
    [
      ["-c", "1.5"],
      '"1.5" as --concurrency: it is no whole number from 1 up. Write --concurrency 10',
    ],
    [
      ["--processes", "many"],
      '"many" as --processes: it is no whole number from 1 up. Write --processes 10',
    ],
  ])("refuses %j", (argv, why) => {
    expect(() => parseWorkerArguments(argv)).toThrow(new UsageError(`Cannot use ${why}`));
  });
});
