import { readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { globSync } from "tinyglobby";
import { root } from "./program.ts";

export interface SourceFile {
  /** From the repository's root, with forward slashes: `src/job/defer/defer.ts`. */
  readonly path: string;
  readonly text: string;
}

/** Files of this repository, without what git ignores. */
export function repositoryFiles(...patterns: readonly string[]): SourceFile[] {
  return globSync([...patterns], {
    cwd: root,
    dot: true,
    ignore: [
      "**/node_modules/**",
      "dist/**",
      "coverage/**",
      ".git/**",
      // What test/web/frameworks.test.ts builds.
      "test/fixtures/frameworks/*/{.next,.svelte-kit,build}/**",
    ],
  })
    .toSorted()
    .map((path) => ({ path, text: readFileSync(resolve(root, path), "utf8") }));
}

export interface Import {
  /** As written: `./registry.ts`, `superjson`. */
  readonly specifier: string;
  /** The file of this repository that it names, where it is relative. */
  readonly path: string | undefined;
}

/** What a file imports or re-exports, types and dynamic imports included. */
export function imports(file: SourceFile): Import[] {
  const code = withoutComments(file.text);
  const statements =
    /(?:^|[\s;}])(?:import|export)\b(?:[^;"'`]*?\bfrom)?\s*"([^"\n]+)"|\bimport\s*\(\s*"([^"\n]+)"/g;
  return [...code.matchAll(statements)].map((match) => {
    const specifier = match[1] ?? match[2] ?? "";
    const path = specifier.startsWith(".")
      ? relative(root, resolve(root, dirname(file.path), specifier))
          .split(sep)
          .join("/")
      : undefined;
    return { specifier, path };
  });
}

/** A file's code: comments are blanked; strings are kept, whatever stands in them. */
export function withoutComments(text: string): string {
  const tokens =
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replaceAll(tokens, (token) => (/^\/[/*]/.test(token) ? "" : token));
}
