import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface ProgramResult {
  /** The exit code, or the signal's name. */
  readonly exit: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly node?: string;
  /** Where the program does not end by itself, it is killed, and its exit is "SIGKILL". */
  readonly deadlineMs?: number;
}

/** Runs a TypeScript program of this repository in a process of its own, against the sources. */
export async function runProgram(
  file: string,
  options: ProgramOptions & { readonly args?: readonly string[] } = {},
): Promise<ProgramResult> {
  const { args = [], ...rest } = options;
  // Only now: most of those who import this file start no such program.
  const { typescript } = await import("./typescript/flags.ts");
  return runNode([...typescript, file, ...args], rest);
}

/** Runs Node itself, without any transform. */
export async function runNode(
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return run(options.node ?? process.execPath, args, options);
}

/** Runs any program to its end. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd = root, env = {}, deadlineMs = 120_000 }: ProgramOptions = {},
): Promise<ProgramResult> {
  // Vitest's own settings would make a child that is a test runner behave differently.
  const outer = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_V8_COV)/.test(name));
  const child = spawn(command, args, {
    cwd,
    env: { ...Object.fromEntries(outer), FORCE_COLOR: undefined, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const timer = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ exit: code ?? signal, stdout, stderr }));
    });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The lines after a program's `// Output:` comment, or what is behind it on each line that has one; undefined where none has.
 * `…` stands for anything within a line (a jid, a duration).
 */
export function expectedOutput(file: string): string[] | undefined {
  const lines = readFileSync(file, "utf8").split("\n");
  const start = lines.findIndex((line) => /^\s*\/\/ Output:\s*$/.test(line));
  if (start < 0) return inlineOutput(lines);
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => !/^\s*\/\//.test(line));
  return after
    .slice(0, end < 0 ? after.length : end)
    .map((line) => line.replace(/^\s*\/\/ ?/, "").trimEnd());
}

function inlineOutput(lines: readonly string[]): string[] | undefined {
  const found = lines.flatMap((line) => /^\s*\/\/ Output: (.*)$/.exec(line)?.[1]?.trimEnd() ?? []);
  return found.length === 0 ? undefined : found;
}

/** What a program printed, with every line that fits its `// Output:` line replaced by that line. */
export function comparableOutput(printed: string, expected: readonly string[]): string[] {
  return printed
    .trimEnd()
    .split("\n")
    .map((line, index) => {
      const pattern = expected[index];
      return pattern !== undefined && fits(line.trimEnd(), pattern) ? pattern : line.trimEnd();
    });
}

function fits(line: string, pattern: string): boolean {
  const parts = pattern.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(line);
}
