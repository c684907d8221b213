import { settings } from "../job/settings.ts";
import { MandateError } from "../support/errors.ts";
import { consoleLogger, type Logger } from "../support/logger.ts";
import { PROGRAM_HELP, UsageError } from "./usage.ts";
import { ownVersion } from "./version.ts";
import { runWorkerCommand } from "./worker-command.ts";

/**
 * Runs the program.
 *
 * @param argv What was typed after its name.
 * @returns Its exit code: 0 if all went well, 1 if something failed, 2 if it was told something wrong.
 */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await run(argv);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`mandate: ${inOneLine(error.message)}\n`);
      return 2;
    }
    logFailure(error);
    return 1;
  }
}

async function run([command, ...rest]: readonly string[]): Promise<number> {
  switch (command) {
    case "worker":
      return runWorkerCommand(rest);
    case "-h":
    case "--help":
      process.stdout.write(PROGRAM_HELP);
      return 0;
    case "-V":
    case "--version":
      process.stdout.write(`mandate ${ownVersion()}\n`);
      return 0;
    case undefined:
      throw new UsageError('Cannot start: no command was given. Run "mandate worker", or --help');
    default:
      throw new UsageError(
        `Cannot run "${command}": there is no such command. Run "mandate worker", or --help`,
      );
  }
}

/** One line. The stack is there for errors that nobody foresaw, and where all is to be said. */
function logFailure(error: unknown): void {
  const logger = availableLogger();
  const message = error instanceof Error ? error.message : String(error);
  const isForeseen = error instanceof MandateError;
  const code = isForeseen ? { code: error.code } : { err: error };
  logger.error(code, `Ended by a failure: ${inOneLine(message)}`);
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
