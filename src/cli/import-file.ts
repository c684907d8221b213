import { pathToFileURL } from "node:url";
import { readOr } from "../support/thrown.ts";

/** What Node says of TypeScript that it does not read, or of imports that only a compiler finds. */
const FOR_ANOTHER_LOADER: readonly unknown[] = [
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
  "ERR_INVALID_TYPESCRIPT_SYNTAX",
  "ERR_MODULE_NOT_FOUND",
];

/**
 * Imports a JavaScript or TypeScript file, as usual where Node or the runner in use can read it: a
 * second copy of a module would hold second classes.
 *
 * @param file An absolute path.
 */
export async function importFile(file: string): Promise<object> {
  const url = pathToFileURL(file).href;
  try {
    return (await import(url)) as object;
  } catch (error) {
    const isTypeScript = /\.[mc]?ts$/.test(file);
    const code = readOr(undefined, () => (error as { code?: unknown }).code);
    if (!isTypeScript || !FOR_ANOTHER_LOADER.includes(code)) {
      throw error;
    }
  }
  const { createJiti } = await import("jiti");
  return createJiti(import.meta.url).import<object>(url);
}
