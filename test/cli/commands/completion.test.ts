import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { commandTable } from "../../../src/cli/command-table.ts";
import { programHelp } from "../../../src/cli/find-command.ts";
import { run } from "./recording-terminal.ts";

describe("the table of commands", () => {
  // What the machine has shall not decide.
  beforeAll(() => void vi.stubEnv("REDIS_URL", ""));
  afterAll(() => void vi.unstubAllEnvs());

  it.each(commandTable.map((command) => [command.name, command] as const))(
    "has a help that fits 80 columns: %s",
    async (name, command) => {
      const { exit, lines } =
        name === "worker"
          ? { exit: 0, lines: command.help.split("\n") }
          : await run([...name.split(" "), "--help"]);

      expect(exit).toBe(0);
      expect(lines[0]).toMatch(new RegExp(`^Usage: mandate ${name}.* \\[options\\]$`));
      // The worker's is older, and wider.
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(
        name === "worker" ? 100 : 80,
      );
    },
  );

  it("has a help of its own", async () => {
    const { lines } = await run(["--help"]);

    expect(lines).toEqual(programHelp().trimEnd().split("\n"));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(lines).toContain("  queues clear      delete all jobs of a queue");
  });

  it.each(commandTable.filter(({ name }) => name !== "worker").map(({ name }) => name))(
    "refuses options that there are not, in one line: %s",
    async (name) => {
      const { exit, notes } = await run([...name.split(" "), "--foo"]);

      expect([exit, notes]).toEqual([
        2,
        [`mandate: Cannot use option --foo: there is no such option. Run "mandate ${name} --help"`],
      ]);
    },
  );

  it.each(
    commandTable
      .filter(({ options, name }) => "redis-url" in options && name !== "worker")
      .map(({ name }) => name),
  )("says in one line that Redis is not there, and ends with 1: %s", async (name) => {
    const operands: Readonly<Record<string, readonly string[]>> = {
      "queues pause": ["low"],
      "queues resume": ["low"],
      "queues clear": ["low"],
      "jobs show": ["abc"],
      "processes quiet": ["a"],
      "processes stop": ["a"],
      enqueue: ["Send"],
      top: ["--once"],
    };
    const isChange = /^jobs (retry|promote|kill|cancel|delete)$/.test(name);
    const args = isChange ? ["abc", "--yes"] : (operands[name] ?? []);

    const { exit, notes, lines } = await run([
      ...name.split(" "),
      ...args,
      "--redis-url",
      "redis://:secret@127.0.0.1:1",
    ]);

    expect([exit, lines]).toEqual([1, []]);
    expect(notes).toEqual([
      "mandate: Cannot reach Redis at redis://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1. " +
        "Check that it runs, or name another by --redis-url or REDIS_URL",
    ]);
  });

  it.each([
    [
      ["jobs"],
      'Cannot run "jobs": there is no such command. After jobs write list, show, retry, promote, kill, cancel, delete',
    ],
    [
      ["jobs", "lst"],
      'Cannot run "jobs lst": there is no such command. After jobs write list, show, retry, promote, kill, cancel, delete',
    ],
    [["generate"], 'Cannot run "generate": there is no such command. After generate write command'],
    [
      ["stats"],
      "Cannot tell where the jobs are: none was named. Give --redis-url, or set REDIS_URL",
    ],
    [
      ["completion", "tcsh"],
      'Cannot use "tcsh": it is no shell that is known. Write bash, zsh, fish',
    ],
  ])("refuses %j", async (argv, message) => {
    const { exit, notes } = await run(argv);

    expect([exit, notes]).toEqual([2, [`mandate: ${message}`]]);
  });
});

describe("completion", () => {
  it.each([
    ["mandate que", "queues"],
    ["mandate jobs ", "cancel delete kill list promote retry show"],
    ["mandate jobs list ret", "retry"],
    ["mandate jobs retry --al", "--all"],
    ["mandate queues --js", "--json"],
    ["mandate stats --js", "--json"],
    ["mandate completion f", "fish"],
    ["mandate worker --conc", "--concurrency"],
  ])("completes in bash: %s", async (typed, expected) => {
    const { lines } = await run(["completion", "bash"]);
    const words = typed.split(" ");
    const script = `${lines.join("\n")}
COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length - 1}
_mandate; printf '%s\\n' "\${COMPREPLY[@]}" | sort`;

    const { stdout } = spawnSync("bash", ["-c", script], { encoding: "utf8" });

    expect(stdout.trim().split("\n").join(" ")).toBe(expected);
  });

  it("answers zsh at its first call too, when it is a file of $fpath", async () => {
    const { lines } = await run(["completion", "zsh"]);

    expect(lines[0]).toBe("#compdef mandate");
    expect(lines.at(-1)).toBe(
      'if [[ "$funcstack[1]" = _mandate ]]; then _mandate "$@"; else compdef _mandate mandate; fi',
    );
  });

  it("offers fish no files where only commands can follow", async () => {
    const { lines } = await run(["completion", "fish"]);

    const choices = lines.filter(
      (line) => line.includes(" -a list ") || line.includes(" -a jobs "),
    );
    expect(choices).toHaveLength(2);
    for (const line of choices) expect(line).toContain("complete -c mandate -f -n ");
  });

  it.each(["zsh", "fish"])("speaks of every command to %s", async (shell) => {
    const { lines } = await run(["completion", shell]);
    const text = lines.join("\n");

    for (const { name } of commandTable) {
      for (const word of name.split(" ")) expect(text).toContain(word);
    }
    expect(text).toContain("dry-run");
  });
});
