import { stripVTControlCharacters } from "node:util";
import { spawn, type IPty } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { onTestFinished } from "vitest";

export interface PseudoTerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** A program in a terminal of its own, and what a person would see on it. */
export class PseudoTerminal {
  readonly #pty: IPty;
  readonly #emulator: xterm.Terminal;
  readonly #waiting = new Set<() => void>();
  #written = "";
  #isClosed = false;
  readonly exit: Promise<number>;

  constructor(
    [program, ...args]: readonly [string, ...string[]],
    { columns: cols = 80, rows = 24, env, cwd }: PseudoTerminalOptions,
  ) {
    this.#emulator = new xterm.Terminal({ cols, rows, allowProposedApi: true });
    // What is undefined would be the text "undefined" there.
    const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
    this.#pty = spawn(program, args, { name: "xterm-256color", cols, rows, cwd, env: set });
    this.#pty.onData((text) => {
      this.#written += text;
      this.#emulator.write(text, () => this.#tell());
    });
    this.exit = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode }) => {
        this.#isClosed = true;
        this.#tell();
        resolve(exitCode);
      });
    });
    onTestFinished(async () => {
      if (!this.#isClosed) this.#pty.kill("SIGKILL");
      await this.exit;
    });
  }

  /** What stands on the screen, line by line. */
  get lines(): string[] {
    const { active } = this.#emulator.buffer;
    return Array.from({ length: this.#emulator.rows }, (_, row) =>
      (
        active.getLine(active.viewportY + row)?.translateToString(true, 0, this.#emulator.cols) ??
        ""
      ).trimEnd(),
    );
  }

  /** Whether it shows another screen than the one that it was started on. */
  get isTakenOver(): boolean {
    return this.#emulator.buffer.active.type === "alternate";
  }

  get isCursorHidden(): boolean {
    // The last of them counts.
    return this.#written.lastIndexOf("\u001B[?25l") > this.#written.lastIndexOf("\u001B[?25h");
  }

  /** Resolves when all that it wrote is on the screen. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.#emulator.write("", resolve));
  }

  /** Whether some character on the screen has a colour. */
  get hasColours(): boolean {
    const { active } = this.#emulator.buffer;
    const columns = Array.from({ length: this.#emulator.cols }, (_, column) => column);
    return this.lines.some((_, row) =>
      columns.some((column) => active.getLine(row)?.getCell(column)?.isFgDefault() === false),
    );
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#emulator.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  signal(name: NodeJS.Signals): void {
    this.#pty.kill(name);
  }

  /** Resolves with the screen's lines once they are as wanted. */
  async until(isThere: (lines: string[]) => boolean): Promise<string[]> {
    for (;;) {
      const { lines } = this;
      if (isThere(lines)) return lines;
      if (this.#isClosed) {
        throw new Error(`It ended before that:\n${stripVTControlCharacters(this.#written)}`);
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Resolves once some line fits. */
  untilSeen(pattern: RegExp): Promise<string[]> {
    return this.until((lines) => lines.some((line) => pattern.test(line)));
  }

  #tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    waiting.forEach((resolve) => resolve());
  }
}
