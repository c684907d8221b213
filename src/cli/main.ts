import { settings } from "../job/settings/settings.ts";
import { MandateError } from "../support/errors.ts";
import { consoleLogger, logSafely, type Logger } from "../support/logger.ts";
import { didYouMean } from "../support/nearest.ts";
import { continuations, findCommand, firstWords, programHelp } from "./find-command.ts";
import {
  HarmlessTerminal,
  printLines,
  ProcessTerminal,
  type Terminal,
} from "./terminal/terminal.ts";
import { UsageError } from "./usage.ts";
import { ownVersion } from "./version.ts";
import { isThrown, thrownMessage } from "../support/thrown.ts";

/**
 * Runs the program.
 *
 * @param argv What was typed after its name.
 * @returns Its exit code: 0 if all went well, 1 if something failed, 2 if it was told something
 *   wrong.
 */
export async function main(
  argv: readonly string[],
  raw: Terminal = new ProcessTerminal(),
): Promise<number> {
  const terminal = new HarmlessTerminal(raw);
  try {
    return await run(argv, terminal);
  } catch (error) {
    if (isThrown(error, UsageError)) {
      terminal.note(`mandate: ${inOneLine(error.message)}`);
      return 2;
    }
    logFailure(error);
    return 1;
  }
}

async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const found = findCommand(argv);
  if (found !== undefined) {
    return found.command.run(found.rest, terminal);
  }
  const [word, next] = argv;
  const inside = continuations(word ?? "");
  if (inside.length > 0 && (next === "-h" || next === "--help")) {
    printLines(programHelp(word), terminal);
    return 0;
  }
  switch (word) {
    case "-h":
    case "--help":
      printLines(programHelp(), terminal);
      return 0;
    case "-V":
    case "--version":
      terminal.print(`mandate ${ownVersion()}`);
      return 0;
    case undefined:
      throw new UsageError('Cannot start: no command was given. Run "mandate worker", or --help');
    default:
      throw inside.length === 0
        ? new UsageError(
            `Cannot run "${word}": there is no such command.${didYouMean(word, firstWords())} Run "mandate worker", or --help`,
          )
        : new UsageError(
            `Cannot run "${[word, next].join(" ").trim()}": there is no such command.${didYouMean(next, inside)} ` +
              `After ${word} write ${inside.join(", ")}`,
          );
  }
}

/** Logs one line, with the stack only of an error that nobody foresaw. */
function logFailure(error: unknown): void {
  const logger = availableLogger();
  const message = thrownMessage(error);
  const isForeseen = isThrown(error, MandateError);
  const code = isForeseen ? { code: error.code } : { err: error };
  logSafely(logger, "error", code, `Ended by a failure: ${inOneLine(message)}`);
  if (isForeseen) {
    logger.debug({ err: error }, "The failure's stack");
  }
}

/** The failure may be that there is none. */
function availableLogger(): Logger {
  try {
    return settings().logger;
  } catch {
    return consoleLogger({ level: "info" });
  }
}

function inOneLine(message: string): string {
  return message.trim().replaceAll(/\s*\n\s*/g, " ");
}
