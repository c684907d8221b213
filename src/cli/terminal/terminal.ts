import { createInterface } from "node:readline/promises";
import { styleText } from "node:util";
import { printable, printableLine } from "../../support/printable.ts";
import { clipped } from "./layout.ts";

export type Colour = "bold" | "dim" | "green" | "yellow" | "red";

/** Where a command of the program writes to, and whom it asks. */
export interface Terminal {
  /**
   * Width of what is written, in columns; Infinity where it goes to no terminal, and COLUMNS does
   * not say.
   */
  readonly columns: number;
  /** Somebody sits in front of it, who can be asked. */
  readonly isInteractive: boolean;
  /** What is written and what is typed are one terminal's, which a view may take over. */
  readonly isScreen: boolean;
  /**
   * Aborted by the first Ctrl-C. Who asks for it must heed it: only a second one ends the process.
   */
  readonly interrupted: AbortSignal;
  /** Writes a line of the answer. */
  print(line: string): void;
  /** Writes a line that is no part of the answer. */
  note(line: string): void;
  /** Colours a text where colours are shown. */
  colour(colour: Colour, text: string): string;
  /** Shows how far something is, in place of what it showed before; nothing where nobody looks. */
  progress(text: string): void;
  /** Asks a question. @returns whether the answer was yes. */
  ask(question: string): Promise<boolean>;
}

/** All of a text, line by line. */
export function printLines(text: string, terminal: Terminal): void {
  text
    .trimEnd()
    .split("\n")
    .forEach((line) => terminal.print(line));
}

/**
 * A terminal to which no text does harm: what is written to it is one line, in which nothing but
 * our own colours is more than what it shows. Whatever the program writes passes here.
 */
export class HarmlessTerminal implements Terminal {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  get columns(): number {
    return this.#terminal.columns;
  }

  get isInteractive(): boolean {
    return this.#terminal.isInteractive;
  }

  get isScreen(): boolean {
    return this.#terminal.isScreen;
  }

  get interrupted(): AbortSignal {
    return this.#terminal.interrupted;
  }

  print(line: string): void {
    this.#terminal.print(printableLine(line));
  }

  note(line: string): void {
    this.#terminal.note(printableLine(line));
  }

  colour(colour: Colour, text: string): string {
    return this.#terminal.colour(colour, printable(text));
  }

  progress(text: string): void {
    this.#terminal.progress(printable(text));
  }

  ask(question: string): Promise<boolean> {
    return this.#terminal.ask(printable(question));
  }
}

/** Milliseconds between two states of progress. */
const PACE = 100;

/** The streams and the signals of this process. */
export class ProcessTerminal implements Terminal {
  #interrupted: AbortController | undefined;
  #shownAt = -Infinity;
  #isProgressShown = false;

  constructor() {
    // The reader has seen enough: `mandate jobs list | head`.
    process.stdout.once("error", (error: NodeJS.ErrnoException) => {
      process.exit(error.code === "EPIPE" ? 0 : 1);
    });
  }

  get columns(): number {
    const asked = Number(process.env["COLUMNS"]);
    if (Number.isSafeInteger(asked) && asked > 0) {
      return asked;
    }
    // A file has no edge.
    return process.stdout.isTTY ? process.stdout.columns || 80 : Infinity;
  }

  get isInteractive(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY;
  }

  get isScreen(): boolean {
    return process.stdin.isTTY && process.stdout.isTTY && process.env["TERM"] !== "dumb";
  }

  get interrupted(): AbortSignal {
    if (this.#interrupted === undefined) {
      const controller = new AbortController();
      process.once("SIGINT", () => controller.abort());
      this.#interrupted = controller;
    }
    return this.#interrupted.signal;
  }

  print(line: string): void {
    this.#clearProgress();
    process.stdout.write(`${line}\n`);
  }

  note(line: string): void {
    this.#clearProgress();
    process.stderr.write(`${line}\n`);
  }

  colour(colour: Colour, text: string): string {
    const isShown = process.stdout.isTTY && !process.env["NO_COLOR"];
    return isShown ? styleText(colour, text, { validateStream: false }) : text;
  }

  progress(text: string): void {
    const now = performance.now();
    if (process.stderr.isTTY && now - this.#shownAt >= PACE) {
      this.#shownAt = now;
      this.#isProgressShown = true;
      process.stderr.write(`\r\u001B[K${clipped(text, (process.stderr.columns || 80) - 1)}`);
    }
  }

  async ask(question: string): Promise<boolean> {
    this.#clearProgress();
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    const interrupted = new AbortController();
    // Ctrl-C, and the end of the input, are a no.
    reader.once("SIGINT", () => interrupted.abort());
    reader.once("close", () => interrupted.abort());
    const answer = await reader
      .question(`${question} [y/N] `, { signal: interrupted.signal })
      .catch(() => "");
    reader.close();
    return /^y(es)?$/i.test(answer.trim());
  }

  #clearProgress(): void {
    if (this.#isProgressShown) {
      this.#isProgressShown = false;
      process.stderr.write("\r\u001B[K");
    }
  }
}
