import { describe, expect, it, vi } from "vitest";
import { PROGRAM_HELP, WORKER_HELP } from "../../src/cli/usage.ts";
import { ownVersion } from "../../src/cli/version.ts";
import { commands, RunningProgram } from "./running-program.ts";

// Each starts a program.
vi.setConfig({ testTimeout: 60_000 });

describe("mandate", () => {
  it.each([
    [["--help"], PROGRAM_HELP],
    [["worker", "--help"], WORKER_HELP],
    [["--version"], `mandate ${ownVersion()}\n`],
    [["worker", "-V"], `mandate ${ownVersion()}\n`],
  ])("answers %j, and ends with 0", async (args, answer) => {
    const program = new RunningProgram(args);

    expect(await program.exit).toBe(0);
    expect(program.stdout).toBe(answer);
    expect(program.said).toEqual([]);
  });

  it.each([
    [[], 'mandate: Cannot start: no command was given. Run "mandate worker", or --help'],
    [
      ["wroker"],
      'mandate: Cannot run "wroker": there is no such command. Run "mandate worker", or --help',
    ],
    [
      ["worker", "--foo"],
      'mandate: Cannot use option --foo: there is no such option. Run "mandate worker --help"',
    ],
    [
      ["worker"],
      "mandate: Cannot work without commands: none were named. " +
        "Give their file, folder or glob, as in -r ./commands",
    ],
  ])("says in one line what is wrong with %j, and ends with 2", async (args, line) => {
    const program = new RunningProgram(args);

    expect(await program.exit).toBe(2);
    expect(program.said).toEqual([line]);
    expect(program.stdout).toBe("");
  });

  it("says in one line that Redis is not there, without the password, and ends with 1", async () => {
    const program = new RunningProgram(["worker", "-r", commands], {
      env: { REDIS_URL: "redis://:secret@127.0.0.1:1" },
    });

    expect(await program.exit).toBe(1);
    expect(program.said).toHaveLength(1);
    expect(program.log).toMatchObject([
      {
        level: "error",
        msg:
          "Ended by a failure: Cannot reach Redis at redis://127.0.0.1:1: connect ECONNREFUSED " +
          "127.0.0.1:1. Check that it runs, or name another by --redis-url or REDIS_URL",
        code: "MANDATE_ADAPTER",
      },
    ]);
  });

  it("says in one line that commands cannot be loaded, and ends with 1", async () => {
    const program = new RunningProgram(["worker", "-r", "./no/such/folder"]);

    expect(await program.exit).toBe(1);
    expect(program.said).toHaveLength(1);
    expect(program.log).toMatchObject([
      { msg: expect.stringContaining('Cannot load commands from "./no/such/folder"') as string },
    ]);
  });
});
