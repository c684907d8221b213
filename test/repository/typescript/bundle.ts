import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { globSync } from "tinyglobby";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const kept = join(root, "node_modules/.cache/sources");
/** What test programs import of the sources besides the package's entries. */
const inner = ["src/support/logger.ts", "src/adapters/memory/memory-adapter.ts"];

let bundle: Promise<string> | undefined;

/**
 * A folder with the sources in a few files: `index.mjs` is src/index.ts, `worker.mjs` is src/worker.ts. Programs load a
 * thousand modules three times as fast that way. It is made once, of what the sources hold now, and kept for other
 * test files and runs.
 */
export function bundledSources(): Promise<string> {
  bundle ??= bundled();
  return bundle;
}

async function bundled(): Promise<string> {
  const files = globSync("src/**/*.{ts,tsx}", { cwd: root }).toSorted();
  const hash = createHash("sha1").update(readFileSync(new URL(import.meta.url)));
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  const folder = join(kept, hash.digest("hex"));
  if (existsSync(folder)) return folder;

  // In one step: others read it, and may make it at the same time.
  const draft = `${folder}.${randomUUID()}`;
  const entries = readdirSync(join(root, "src")).filter((name) => name.endsWith(".ts"));
  await build({
    absWorkingDir: root,
    entryPoints: [...entries.map((name) => `src/${name}`), ...inner],
    outdir: draft,
    outbase: "src",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    packages: "external",
    // The package tells bundlers what may be left out. Here nothing is.
    ignoreAnnotations: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "hono/jsx",
    // As they are when each has a file of its own.
    keepNames: true,
    // Beside the code: stacks name the sources, and only who reads one pays for that.
    sourcemap: "linked",
    plugins: [ownPlaces],
  });
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** A source finds what lies around it where it lies, and not around the bundle. */
const ownPlaces: Plugin = {
  name: "own-places",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      // Quoted so that it is no end of a string that has it, as a message does.
      const url = `\`${pathToFileURL(path).href}\``;
      return { contents: text.replaceAll("import.meta.url", url), loader: "ts" };
    });
  },
};
