import { loadCommands } from "../configuration/load-commands.ts";
import { ConfigurationError } from "../support/errors.ts";
import { UsageError } from "./usage.ts";

/**
 * Loads the commands of each path that was named.
 *
 * @throws {UsageError} if there is nothing of that name.
 * @throws {ConfigurationError} if a file cannot be loaded.
 */
export async function loadPaths(paths: Iterable<string>): Promise<void> {
  for (const path of paths) {
    try {
      await loadCommands(path);
    } catch (error) {
      // A file that is there and fails is no mistake of who typed its name: its own error is the
      // cause.
      throw error instanceof ConfigurationError && error.cause === undefined
        ? new UsageError(error.message, { cause: error })
        : error;
    }
  }
}
