import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { commandTable } from "../../../src/cli/command-table.ts";
import { programHelp } from "../../../src/cli/find-command.ts";
import { missing } from "../../support/requires.ts";
import { run } from "./recording-terminal.ts";

/** Types each text into a zsh of its own terminal, presses Tab, and prints what stands on its command line then. */
const TYPING = `
zmodload zsh/zpty
zpty shell "zsh -f -i"
zpty -w shell 'PS1= PROMPT_EOL_MARK=; unsetopt zle_bracketed_paste; TERM=dumb; fpath=('$1' $fpath)
autoload -U compinit; compinit -D -u
tab() { zle expand-or-complete; print -r -- "«$BUFFER»"; BUFFER=; zle accept-line }; zle -N tab; bindkey "^T" tab
print re""ady'
zpty -r shell out '*ready*'
for typed in "\${@[2,-1]}"; do
  zpty -n -w shell "$typed"$'\\x14'
  zpty -r shell out '*«*»*'
  print -r -- "\${\${out##*«}%%»*}"
done
zpty -d shell
`;

/** A file with what a shell reads, until the test is over. */
async function scriptOf(shell: string, name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "mandate-completion-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, name);
  writeFileSync(file, (await run(["completion", shell])).lines.join("\n"));
  return file;
}

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
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
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
      const { exit, notes } = await run([...name.split(" "), "--zzzzzz"]);

      expect([exit, notes]).toEqual([
        2,
        [
          `mandate: Cannot use option --zzzzzz: there is no such option. Run "mandate ${name} --help"`,
        ],
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
      "queues show": ["low"],
      "queues resume": ["low"],
      "queues limit": ["low", "--none"],
      "queues clear": ["low"],
      "jobs show": ["abc"],
      "batches show": ["abc"],
      "batches cancel": ["abc", "--yes"],
      "batches retry": ["abc"],
      "locks release": ["unique:a"],
      "recurring show": ["abc"],
      "recurring next": ["abc"],
      "recurring run": ["abc"],
      "recurring pause": ["abc"],
      "recurring resume": ["abc"],
      "recurring delete": ["abc", "--yes"],
      "profiles get": ["abc"],
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
        "Check that it runs, or name another by --url or REDIS_URL",
    ]);
  });

  it.each([
    [
      ["jobs"],
      'Cannot run "jobs": there is no such command. After jobs write list, show, retry, promote, kill, cancel, delete',
    ],
    [
      ["jobs", "lst"],
      'Cannot run "jobs lst": there is no such command. Did you mean "list"? After jobs write list, show, retry, promote, kill, cancel, delete',
    ],
    [
      ["generate"],
      'Cannot run "generate": there is no such command. After generate write command, job',
    ],
    [
      ["stats"],
      "Cannot tell where the jobs are: none was named. Give --url, or set MANDATE_URL or REDIS_URL",
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

  it.skipIf(missing("zsh"))(
    "completes in zsh, as a file of $fpath, from its first call",
    async () => {
      const file = await scriptOf("zsh", "_mandate");
      const typed = [
        "mandate que",
        "mandate jobs pr",
        "mandate jobs list ret",
        "mandate jobs retry --all --dry",
        "mandate queues pa",
        "mandate queues --js",
        "mandate stats --js",
        "mandate completion f",
        "mandate worker --conc",
      ];

      const { stdout } = spawnSync("zsh", ["-f", "-c", TYPING, "zsh", dirname(file), ...typed], {
        encoding: "utf8",
        timeout: 20_000,
      });

      expect(stdout.split("\n").map((line) => line.trimEnd())).toEqual([
        "mandate queues",
        "mandate jobs promote",
        "mandate jobs list retry",
        "mandate jobs retry --all --dry-run",
        "mandate queues pause",
        "mandate queues --json",
        "mandate stats --json",
        "mandate completion fish",
        "mandate worker --concurrency",
        "",
      ]);
    },
    30_000,
  );

  it.skipIf(missing("fish")).each([
    ["mandate que", "queues"],
    ["mandate jobs ", "cancel delete kill list promote retry show"],
    ["mandate jobs list ret", "retry"],
    ["mandate jobs retry --al", "--all"],
    ["mandate jobs retry --all --dry", "--dry-run"],
    // Neither a file of this folder, nor an option of another command.
    ["mandate queues p", "pause"],
    ["mandate queues pause cl", ""],
    ["mandate queues --js", "--json"],
    ["mandate queues pause --js", ""],
    ["mandate completion f", "fish"],
    ["mandate worker --conc", "--concurrency"],
  ])("completes in fish: %s", async (typed, expected) => {
    const file = await scriptOf("fish", "pausing.fish");

    const { stdout } = spawnSync("fish", ["-c", `source ${file}; complete -C '${typed}'`], {
      encoding: "utf8",
      cwd: dirname(file),
      timeout: 20_000,
    });

    const words = stdout
      .trim()
      .split("\n")
      .map((line) => line.split("\t")[0]);
    expect(words.join(" ")).toBe(expected);
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
