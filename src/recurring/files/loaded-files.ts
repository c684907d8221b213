import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { settings } from "../../job/settings/settings.ts";
import { cannotUse } from "../../ruby-files/ruby-file.ts";
import { environmentOf } from "../../support/environment.ts";
import { shared } from "../../support/shared-state.ts";
import { thrownMessage } from "../../support/thrown.ts";
import { addSource } from "../service.ts";
import { definitionInFile } from "./file-definition.ts";
import { readRecurringFile } from "./read-recurring-file.ts";
import type { RecurringDefinition, RecurringFile } from "./recurring-definition.ts";

/** What each file defines, by its path. */
const loaded = shared("recurring-files", () => new Map<string, readonly RecurringDefinition[]>());

/**
 * Adds a file's recurring jobs to what workers of this process define.
 *
 * @throws {ConfigurationError} if it cannot be read, or something in it cannot be kept.
 */
export async function loadRecurringFile(file: string, environment?: string): Promise<string[]> {
  const { definitions, remarks } = await openRecurringFile(file, environment);
  const { logger } = settings();
  remarks.forEach((remark) => logger.warn({ file }, remark));
  loaded.set(resolve(file), definitions);
  addSource("files", () => [...loaded.values()].flat().map(definitionInFile));
  return definitions.map(({ key }) => key);
}

/** @throws {ConfigurationError} if it cannot be read, or something in it cannot be kept. */
export async function openRecurringFile(
  file: string,
  environment: string = environmentOf(process.env),
): Promise<RecurringFile> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw cannotUse(
      file,
      (error as NodeJS.ErrnoException).code === "ENOENT"
        ? "there is no such file"
        : thrownMessage(error),
      `Give a path relative to ${process.cwd()}`,
    );
  });
  const { timeZone } = settings();
  const read = readRecurringFile(text, { file, environment, timeZone, variables: process.env });
  const remarks = read.definitions.flatMap(({ firstIn, place }) =>
    firstIn === undefined
      ? []
      : `${place}: "first_in" has no effect: intervals are counted from 1970, and not from a start`,
  );
  return { ...read, remarks: [...read.remarks, ...remarks] };
}
