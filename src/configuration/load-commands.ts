import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createJiti } from "jiti";
import { glob, isDynamicPattern } from "tinyglobby";
import { registerCommands } from "../job/registry.ts";
import { ConfigurationError } from "../support/errors.ts";

const extensions = "{js,mjs,cjs,ts,mts,cts}";

/** Tests and declarations stand beside commands, and are none. */
const ignored = ["**/node_modules/**", "**/*.d.{ts,mts,cts}", `**/*.{test,spec}.${extensions}`];

/**
 * Imports each file of a folder, or of a glob, and registers the commands and jobs it exports.
 *
 * TypeScript is loaded as it is: by Node or the runner in use where they can, else through jiti. Tests
 * (`*.test.ts`, `*.spec.ts`), declaration files and `node_modules` are left out.
 *
 * @param globOrFolder Relative to the working directory: `"commands"`, `"src/**\/commands/*.ts"`.
 * @returns The files that were loaded, as absolute paths, sorted.
 * @throws {ConfigurationError} if there is no such file, or one cannot be loaded (its error is the `cause`).
 * @throws {DuplicateCommandNameError} if two of the classes have one name.
 */
export async function loadCommands(globOrFolder: string): Promise<string[]> {
  const files = await filesOf(globOrFolder);
  if (files.length === 0) {
    throw new ConfigurationError(
      `Cannot load commands from "${globOrFolder}": there is no such file in ${process.cwd()}. ` +
        "Give a folder, a file or a glob, relative to there",
    );
  }
  for (const file of files) {
    registerCommands(await load(file));
  }
  return files;
}

async function filesOf(globOrFolder: string): Promise<string[]> {
  const isFolder = await stat(globOrFolder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) {
    return search([`**/*.${extensions}`], resolve(globOrFolder));
  }
  return isDynamicPattern(globOrFolder)
    ? search([globOrFolder], process.cwd())
    : search([globOrFolder.replace(/^\.\//, "")], process.cwd());
}

async function search(patterns: string[], cwd: string): Promise<string[]> {
  const files = await glob(patterns, { cwd, absolute: true, ignore: ignored });
  return files.sort();
}

/** A second copy of a module would hold second classes: what can be imported as usual is. */
async function load(file: string): Promise<object> {
  const url = pathToFileURL(file).href;
  try {
    return (await import(url)) as object;
  } catch (error) {
    if (!isForAnotherLoader(error)) {
      throw cannotLoad(file, error);
    }
  }
  try {
    return await createJiti(import.meta.url).import<object>(url);
  } catch (error) {
    throw cannotLoad(file, error);
  }
}

/** What Node says of TypeScript that it does not read, or does not read whole. */
function isForAnotherLoader(error: unknown): boolean {
  const { code } = error as { code?: string };
  return (
    code === "ERR_UNKNOWN_FILE_EXTENSION" ||
    code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" ||
    code === "ERR_INVALID_TYPESCRIPT_SYNTAX" ||
    code === "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING"
  );
}

function cannotLoad(file: string, cause: unknown): ConfigurationError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConfigurationError(
    `Cannot load commands from ${file}: ${reason}. Mend that file, or leave it out`,
    { cause },
  );
}
