import { programOptions } from "./program-options.ts";
import { PROCESS_VARIABLE } from "./parent.ts";
import { supervise } from "./supervisor.ts";
import { WORKER_HELP } from "./usage.ts";
import { ownVersion } from "./version.ts";
import { work } from "./work.ts";
import { parseWorkerArguments } from "./worker-arguments.ts";

/**
 * `mandate worker`.
 *
 * @returns the exit code.
 * @throws {UsageError} if it was told something that it cannot do.
 */
export async function runWorkerCommand(argv: readonly string[]): Promise<number> {
  const args = parseWorkerArguments(argv);
  if (args.help) {
    process.stdout.write(WORKER_HELP);
    return 0;
  }
  if (args.version) {
    process.stdout.write(`mandate ${ownVersion()}\n`);
    return 0;
  }
  if (args.environment !== undefined) {
    // For a configuration file that asks for it itself.
    process.env["NODE_ENV"] = args.environment;
  }
  const number = process.env[PROCESS_VARIABLE];
  const options = await programOptions(args, number === undefined ? undefined : Number(number));
  return options.processes === undefined || number !== undefined
    ? work(options)
    : supervise(options);
}
