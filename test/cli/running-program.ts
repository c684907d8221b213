import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { root } from "../repository/program.ts";
import { typescript } from "../repository/typescript/flags.ts";

/** A line of its log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface RunningProgramOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Node and what it is given before the program's arguments; else the sources are run. */
  readonly command?: readonly [string, ...string[]];
}

/** The commands that tests run, for `--require`. */
export const commands = fileURLToPath(new URL("programs/commands.ts", import.meta.url));

/** `mandate` in a process of its own; the test waits for what it says. */
export class RunningProgram {
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #stdout = "";
  #stderr = "";
  #isClosed = false;
  /** Its exit code, or the signal's name, once nobody writes to its log any more: its children neither. */
  readonly exit: Promise<number | string | null>;

  constructor(
    args: readonly string[],
    { env, cwd, command = source() }: RunningProgramOptions = {},
  ) {
    const [node, ...before] = command;
    this.#child = spawn(node, [...before, ...args], {
      cwd: cwd ?? root,
      env: { ...environment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#stdout += text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
      this.#tell();
    });
    this.exit = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code, signal) => {
        this.#isClosed = true;
        this.#tell();
        resolve(code ?? signal);
      });
    });
    onTestFinished(async () => {
      this.signal("SIGKILL");
      await this.exit;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stdout(): string {
    return this.#stdout;
  }

  /** All that it said so far, line by line. */
  get said(): string[] {
    return this.#stderr.split("\n").filter((line) => line !== "");
  }

  get log(): LogLine[] {
    const written = this.#stderr.slice(0, this.#stderr.lastIndexOf("\n") + 1).split("\n");
    return written
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as LogLine);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The first line that fits, as soon as it is there; with `count`, so many of them. */
  async line(pattern: RegExp): Promise<LogLine> {
    const [line] = await this.lines(pattern, 1);
    return line as LogLine;
  }

  async lines(pattern: RegExp, count: number): Promise<LogLine[]> {
    return this.#until(() => {
      const found = this.log.filter(({ msg }) => pattern.test(msg));
      return found.length >= count ? found : undefined;
    }, `${count} × ${pattern}`);
  }

  /** Resolves with what `look` finds, as soon as the log gives it. */
  async #until<Found>(look: () => Found | undefined, what: string): Promise<Found> {
    for (;;) {
      const found = look();
      if (found !== undefined) {
        return found;
      }
      if (this.#isClosed) {
        throw new Error(`It ended without having said ${what}:\n${this.#stdout}${this.#stderr}`);
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    waiting.forEach((resolve) => resolve());
  }
}

/**
 * Resolves when there is no such process any more: one that ended stays until its parent took note.
 * It does not look all the time, since what is to end needs some too.
 */
export async function gone(pid: number): Promise<void> {
  while (isThere(pid)) {
    await setTimeout(10);
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Node, and what it runs the program's sources by. */
export function source(): [string, ...string[]] {
  return [process.execPath, ...typescript, `${root}src/cli.ts`];
}

/** Without what a test runner sets for itself, and without what would decide for the program. */
export function environment(): NodeJS.ProcessEnv {
  const ours =
    /^(VITEST|NODE_V8_COV|NODE_ENV$|APP_ENV$|RAILS_ENV$|REDIS_URL$|MANDATE_|FORCE_COLOR$)/;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}
