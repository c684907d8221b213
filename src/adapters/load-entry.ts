/**
 * Loads one of this package's entries, such as "redis", that most programs do without. No bundler
 * follows: a bundle has an entry only where the application itself imports it.
 *
 * @param from This file's URL. In a bundle it is another's, or none: the entry is looked for among
 *   the installed packages.
 */
export async function loadEntry(entry: string, from: string = url ?? ""): Promise<unknown> {
  const [, extension] = /\/adapters\/load-entry\.([jt]s)$/.exec(from) ?? [];
  const specifier =
    extension === undefined ? `mandate/${entry}` : new URL(`../${entry}.${extension}`, from).href;
  return import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ specifier);
}

/** Bundles of CommonJS have none. */
const { url } = import.meta as { readonly url?: string };
