import { main } from "../../../src/cli/main.ts";
import type { Colour, Terminal } from "../../../src/cli/terminal/terminal.ts";

/** What a command said, and with which code it ended. */
export interface Said {
  readonly exit: number;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
  readonly questions: readonly string[];
  readonly progress: readonly string[];
}

export interface TerminalOptions {
  /** What the person in front of it answers; without it there is nobody. */
  readonly answer?: boolean;
  readonly columns?: number;
  /** Ends it as Ctrl-C does, once that is said of its progress. */
  readonly interruptAt?: RegExp;
}

/** Keeps what it is told. */
class RecordingTerminal implements Terminal {
  readonly lines: string[] = [];
  readonly notes: string[] = [];
  readonly questions: string[] = [];
  readonly said: string[] = [];
  readonly columns: number;
  readonly isInteractive: boolean;
  readonly isScreen = false;
  readonly #options: TerminalOptions;
  readonly #interrupted = new AbortController();

  constructor(options: TerminalOptions = {}) {
    this.#options = options;
    this.columns = options.columns ?? 80;
    this.isInteractive = options.answer !== undefined;
  }

  get interrupted(): AbortSignal {
    return this.#interrupted.signal;
  }

  print(line: string): void {
    this.lines.push(...line.split("\n"));
  }

  note(line: string): void {
    this.notes.push(line);
  }

  colour(_colour: Colour, text: string): string {
    return text;
  }

  progress(text: string): void {
    this.said.push(text);
    if (this.#options.interruptAt?.test(text) === true) {
      this.#interrupted.abort();
    }
  }

  async ask(question: string): Promise<boolean> {
    this.questions.push(question);
    return this.#options.answer === true;
  }
}

/** Runs the program in this process. */
export async function run(argv: readonly string[], options: TerminalOptions = {}): Promise<Said> {
  const terminal = new RecordingTerminal(options);
  const exit = await main(argv, terminal);
  const { lines, notes, questions, said: progress } = terminal;
  return { exit, lines, notes, questions, progress };
}

/** JSON of each line. */
export function jsonOf({ lines }: Said): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
