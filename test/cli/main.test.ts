import { describe, expect, it, vi } from "vitest";
import { programHelp } from "../../src/cli/find-command.ts";
import { main } from "../../src/cli/main.ts";
import { WORKER_HELP } from "../../src/cli/usage.ts";
import { ownVersion } from "../../src/cli/version.ts";
import { commands, RunningProgram } from "./running-program.ts";

// Some start a program.
vi.setConfig({ testTimeout: 60_000 });

describe("main", () => {
  it.each([
    [["--help"], programHelp()],
    [["-h"], programHelp()],
    [["worker", "--help"], WORKER_HELP],
    [["--version"], `mandate ${ownVersion()}\n`],
    [["worker", "-V"], `mandate ${ownVersion()}\n`],
  ])("answers %j, and gives 0", async (argv, answer) => {
    expect(await answerTo(argv)).toEqual({ code: 0, stdout: answer, stderr: "" });
  });

  it("lists the commands that begin with a word", async () => {
    const { code, stdout } = await answerTo(["jobs", "--help"]);

    expect(code).toBe(0);
    expect(stdout.match(/^  \w+ \w+(?=  )/gm)).toEqual(
      ["list", "show", "retry", "promote", "kill", "cancel", "delete"].map(
        (word) => `  jobs ${word}`,
      ),
    );
    expect(stdout).toContain('Run "mandate jobs list --help", for example');
  });

  it.each([
    [[], 'Cannot start: no command was given. Run "mandate worker", or --help'],
    [
      ["wroker"],
      'Cannot run "wroker": there is no such command. Did you mean "worker"? Run "mandate worker", or --help',
    ],
    [
      ["job", "list"],
      'Cannot run "job": there is no such command. Did you mean "jobs"? Run "mandate worker", or --help',
    ],
    [
      ["worker", "--concurency", "5"],
      "Cannot use option --concurency: there is no such option. Did you mean --concurrency?",
    ],
    [
      ["worker", "--foo"],
      'Cannot use option --foo: there is no such option. Run "mandate worker --help"',
    ],
    [
      ["worker", "-r", ".", "-q", "default,x"],
      'Cannot use "default,x" as --queue: what follows the comma is its weight, and no whole number. ' +
        "Write -q default, or -q default,4",
    ],
    [
      ["jobs", "list", "-n", "-1"],
      "Cannot use option -n: its value is missing, or begins with a dash. Give one that does not, or write -n-1 if that is meant",
    ],
    [
      ["worker"],
      "Cannot work without commands: none were named. " +
        "Give their file, folder or glob, as in -r ./commands",
    ],
  ])("says in one line what is wrong with %j, and gives 2", async (argv, line) => {
    expect(await answerTo(argv)).toEqual({ code: 2, stdout: "", stderr: `mandate: ${line}\n` });
  });
});

describe("mandate", () => {
  it("answers on its standard output, and ends with 0", async () => {
    const program = new RunningProgram(["--version"]);

    expect(await program.exit).toBe(0);
    expect(program.stdout).toBe(`mandate ${ownVersion()}\n`);
    expect(program.said).toEqual([]);
  });

  it("says in one line what is wrong, and ends with 2", async () => {
    const program = new RunningProgram(["wroker"]);

    expect(await program.exit).toBe(2);
    expect(program.said).toEqual([
      'mandate: Cannot run "wroker": there is no such command. Did you mean "worker"? Run "mandate worker", or --help',
    ]);
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
          "127.0.0.1:1. Check that it runs, or name another by --url or REDIS_URL",
        code: "MANDATE_ADAPTER",
      },
    ]);
  });

  it.each([
    [["-r", "./no/such/folder"], 'Cannot load commands from "./no/such/folder": there is no such'],
    [
      ["-r", commands, "--health", "/no/such/folder/live"],
      "Cannot tell of the worker's health: ENOENT: no such file or directory, open " +
        "'/no/such/folder/live'. Give another file to --health",
    ],
  ])(
    "says in one line that it was told something wrong by %j, and ends with 2",
    async (args, line) => {
      const program = new RunningProgram(["worker", ...args]);

      expect(await program.exit).toBe(2);
      expect(program.said.filter((each) => !each.startsWith("{"))).toEqual([
        expect.stringContaining(`mandate: ${line}`),
      ]);
    },
  );
});

/** What the program says to it, and the code that it would end with. */
async function answerTo(
  argv: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    });
  }
  try {
    const code = await main(argv);
    return { code, ...written };
  } finally {
    vi.restoreAllMocks();
  }
}
