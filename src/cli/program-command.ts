import { MandateError } from "../support/errors.ts";
import { parseOptions, wrong, type OptionTable, type Parsed } from "./parse-options.ts";
import { printLines, type Terminal } from "./terminal/terminal.ts";
import { UsageError } from "./usage.ts";
import { isError, isThrown, thrownMessage, thrownName } from "../support/thrown.ts";

/** One command of the program, as its table has it. */
export interface ProgramCommand {
  /** As it is typed: "queues pause". */
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  readonly options: OptionTable;
  /** Words that may follow it, for the completion. */
  readonly words: readonly string[];
  readonly help: string;
  /**
   * @param argv What was typed after its name.
   * @returns the exit code.
   * @throws {UsageError} if it was told something that it cannot do.
   */
  run(argv: readonly string[], terminal: Terminal): Promise<number>;
}

/** What a command is called with. */
interface Call<Options extends OptionTable> extends Parsed<Options> {
  readonly terminal: Terminal;
}

interface Description {
  readonly name: string;
  readonly summary: string;
  /** What follows its name: "NAME…", with how many there must and may be. */
  readonly operands?: {
    readonly usage: string;
    readonly least: number;
    readonly most: number;
    readonly words?: readonly string[];
  };
  /** What its help says below its options. */
  readonly notes?: string;
}

interface Definition<Options extends OptionTable> extends Description {
  readonly options: Options;
  /** @returns the exit code; none is 0. */
  readonly run: (call: Call<Options>) => Promise<number | void>;
}

const HELP = { help: { type: "boolean", short: "h", about: "show this" } } as const;

/** The exit code of what a person ended: as a shell's for SIGINT. */
const INTERRUPTED = 130;

/**
 * A command for operators: it answers on stdout, and says in one line on stderr why it cannot.
 */
export function defineCommand<const Options extends OptionTable>(
  definition: Definition<Options>,
): ProgramCommand {
  const { name, summary, operands, run } = definition;
  const options = { ...definition.options, ...HELP };
  const help = helpOf(definition, options);
  return {
    name,
    summary,
    options,
    words: operands?.words ?? [],
    help,
    async run(argv, terminal) {
      const parsed = parseOptions(argv, {
        command: `mandate ${name}`,
        options,
        allowPositionals: operands !== undefined,
      });
      if ((parsed.values as { help?: boolean }).help === true) {
        printLines(help, terminal);
        return 0;
      }
      checkOperands(parsed.positionals, definition);
      return told(terminal, async () => (await run({ ...parsed, terminal })) ?? 0);
    },
  };
}

/** Says what failed in one line, unless nobody foresaw it. */
async function told(terminal: Terminal, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (isThrown(error, UsageError) || !isForeseen(error)) {
      throw error;
    }
    if (isInterruption(error)) {
      terminal.note("Interrupted");
      return INTERRUPTED;
    }
    terminal.note(
      `mandate: ${thrownMessage(error)
        .trim()
        .replaceAll(/\s*\n\s*/g, " ")}`,
    );
    return 1;
  }
}

function isForeseen(error: unknown): boolean {
  return isThrown(error, MandateError) || isInterruption(error);
}

export function isInterruption(error: unknown): boolean {
  return isError(error) && thrownName(error) === "AbortError";
}

function checkOperands(positionals: readonly string[], { name, operands }: Description): void {
  const { least = 0, most = 0, usage = "" } = operands ?? {};
  if (positionals.length < least) {
    throw new UsageError(
      `Cannot run "${name}": something is missing after it. Write mandate ${name} ${usage}`,
    );
  }
  if (positionals.length > most) {
    throw wrong(
      `"${positionals[most]}"`,
      `mandate ${name} takes no more`,
      `Write ${name} ${usage}`,
    );
  }
}

function helpOf({ name, summary, operands, notes }: Description, options: OptionTable): string {
  const usage = operands === undefined ? "" : ` ${operands.usage}`;
  const sentence = `${summary[0]?.toUpperCase()}${summary.slice(1)}.`;
  const below = notes === undefined ? "" : `\n${notes.trim()}\n`;
  const lines = [`Usage: mandate ${name}${usage} [options]`, "", sentence, "", "Options:"];
  return `${[...lines, ...optionLines(options)].join("\n")}\n${below}`;
}

const FORM_WIDTH = 25;

function optionLines(options: OptionTable): string[] {
  return Object.entries(options).flatMap(([name, { short, value, about = "", multiple }]) => {
    const form = `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
    const text = multiple === true ? `${about}; repeatable` : about;
    return form.length > FORM_WIDTH - 2
      ? [`  ${form}`, `  ${" ".repeat(FORM_WIDTH)}${text}`]
      : [`  ${form.padEnd(FORM_WIDTH)}${text}`];
  });
}
