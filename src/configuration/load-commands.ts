import { readFile, stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Jiti } from "jiti";
import { registerCommands } from "../job/declare/registry.ts";
import { ConfigurationError } from "../support/errors.ts";
import { isThrown, readOr, thrownCause, thrownMessage } from "../support/thrown.ts";

const extensions = "{js,mjs,cjs,ts,mts,cts}";

const isModule = /\.[mc]?[jt]s$/;
const isTypeScript = /\.[mc]?ts$/;

/** Tests and declarations stand beside commands, and are none. */
const ignored = ["**/node_modules/**", "**/*.d.{ts,mts,cts}", `**/*.{test,spec}.${extensions}`];

/**
 * Imports each file of a folder, or of a glob, and registers the commands and jobs it exports.
 *
 * TypeScript is loaded as it is: by Node or the runner in use where they can; else all of it goes
 * through jiti, from then on. Tests (`*.test.ts`, `*.spec.ts`), declaration files and
 * `node_modules` are left out.
 *
 * @param where A folder, file or glob relative to the working directory: `"commands"`,
 *   `"src/**\/commands/*.ts"`; or the URL of a folder or file:
 *   `new URL("commands", import.meta.url)`.
 * @returns The files that were loaded, as absolute paths, sorted.
 * @throws {ConfigurationError} if there is no such file, or one cannot be loaded (its error is the
 *   `cause`).
 * @throws {DuplicateCommandNameError} if two of the classes have one name.
 */
export async function loadCommands(where: string | URL): Promise<string[]> {
  const globOrFolder = typeof where === "string" ? where : fileURLToPath(where);
  const files = await filesOf(globOrFolder);
  if (files.length === 0) {
    throw new ConfigurationError(
      `Cannot load commands from "${globOrFolder}": there is no such file${placeOf(globOrFolder)}. ` +
        "Where they were bundled, import their classes and pass them to registerCommands",
    );
  }
  registerCommands(...(await modulesOf(files)));
  return files;
}

function placeOf(globOrFolder: string): string {
  return isAbsolute(globOrFolder)
    ? ", or none with JavaScript or TypeScript in it. Give a folder, a file or a glob"
    : ` in ${process.cwd()}. Give a folder, a file or a glob, relative to there`;
}

async function filesOf(globOrFolder: string): Promise<string[]> {
  const found = await stat(globOrFolder).catch(() => undefined);
  if (found?.isFile() === true) {
    return [resolve(globOrFolder)];
  }
  const [pattern, cwd] =
    found === undefined
      ? [globOrFolder, process.cwd()]
      : [`**/*.${extensions}`, resolve(globOrFolder)];
  // Only now: most programs that load this file are given paths of files, or none.
  const { glob } = await import("tinyglobby");
  const files = await glob(pattern, { cwd, absolute: true, ignore: ignored });
  return files.filter((file) => isModule.test(file)).sort();
}

/**
 * What reads the TypeScript that Node does not: made when first needed, and from then on for all of
 * it. A second copy of a module, by another loader, would hold second classes.
 */
let jiti: Jiti | undefined;

async function modulesOf(files: readonly string[]): Promise<object[]> {
  if (jiti === undefined) {
    try {
      // First those that Node refuses most often, so that none is loaded in vain.
      return await loadEach([...(await likelyRefused(files)), ...files]);
    } catch (error) {
      if (!isForAnotherLoader(thrownCause(error))) {
        throw error;
      }
      // Only now: to load it takes longer than most programs' start.
      const { createJiti } = await import("jiti");
      jiti = createJiti(import.meta.url);
    }
  }
  return loadEach(files);
}

async function loadEach(files: readonly string[]): Promise<object[]> {
  const modules: object[] = [];
  for (const file of files) {
    const { href } = pathToFileURL(file);
    const loader = isTypeScript.test(file) ? jiti : undefined;
    try {
      modules.push(await (loader === undefined ? import(href) : loader.import<object>(href)));
    } catch (error) {
      throw cannotLoad(file, error);
    }
  }
  return modules;
}

/**
 * Decorators, and imports of TypeScript as a compiler or a bundler finds it: "./user", "./user.js".
 */
const REFUSED = /^\s*@\w|(?:from|import)\s*["']\.{1,2}\/[^"']*(?<!\.[mc]?ts|\.json)["']/m;

async function likelyRefused(files: readonly string[]): Promise<string[]> {
  const texts = files.map(async (file) => ({ file, text: await readFile(file, "utf8") }));
  return (await Promise.all(texts))
    .filter(({ text }) => REFUSED.test(text))
    .map(({ file }) => file);
}

/** Whether Node does not read TypeScript, or not all of it: it removes types, and that is all. */
function isForAnotherLoader(cause: unknown): boolean {
  const code = readOr(undefined, () => (cause as { code?: string } | null | undefined)?.code);
  const isStripping = "typescript" in process.features && process.features.typescript !== false;
  return (
    code === "ERR_UNKNOWN_FILE_EXTENSION" ||
    code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" ||
    code === "ERR_INVALID_TYPESCRIPT_SYNTAX" ||
    code === "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING" ||
    (isStripping && (code === "ERR_MODULE_NOT_FOUND" || isThrown(cause, SyntaxError)))
  );
}

function cannotLoad(file: string, cause: unknown): ConfigurationError {
  const reason = thrownMessage(cause);
  const isTakenForCommonJs = /import statement outside a module|token 'export'/.test(reason);
  const advice = isTakenForCommonJs
    ? 'Set "type": "module" in package.json (npm pkg set type=module), or name it .mjs'
    : "Mend that file, or leave it out";
  return new ConfigurationError(`Cannot load commands from ${file}: ${reason}. ${advice}`, {
    cause,
  });
}
