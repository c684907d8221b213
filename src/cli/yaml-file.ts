import { isSolidQueueFile, readSolidQueueFile } from "./solid-queue-file.ts";
import { readSidekiqFile } from "./sidekiq-file.ts";
import { parseSettings, type FileSettings, type TextContext } from "./yaml-settings.ts";

/**
 * Reads a configuration file of Sidekiq's or of Solid Queue's as it is. Which one it is follows
 * from what stands in it.
 *
 * @throws {UsageError} if it is none, or asks for what cannot be had.
 */
export function readYamlFile(text: string, context: TextContext): FileSettings {
  const settings = parseSettings(text, context);
  return isSolidQueueFile(settings)
    ? readSolidQueueFile(settings, { ...context, mode: context.variables[MODE] })
    : readSidekiqFile(settings, context);
}

/** By which Solid Queue is told how its workers run: `fork`, or `async` for all in one process. */
const MODE = "SOLID_QUEUE_SUPERVISOR_MODE";
