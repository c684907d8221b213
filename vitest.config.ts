import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { defineConfig, type Plugin } from "vitest/config";

const source = (file: string): string => fileURLToPath(new URL(`src/${file}`, import.meta.url));

export default defineConfig({
  plugins: [lowerStandardDecorators()],
  resolve: {
    // Tests and examples import "mandate" as a user does, and get the sources.
    alias: [
      { find: /^mandate$/, replacement: source("index.ts") },
      { find: /^mandate\/([\w-]+)$/, replacement: source("$1.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    // What looks like a test there is read by tests.
    exclude: ["test/fixtures/**"],
    // A file's modules come over faster than into a process.
    pool: "threads",
    // More than two cores have work for: half of the time, tests wait for Redis and for programs.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    // Generous: a deadline is for what hangs, and a busy machine is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    typecheck: {
      // test/types: an unused @ts-expect-error fails, and so does any error in the sources.
      enabled: true,
      include: ["test/types/**/*.test-d.ts"],
      tsconfig: "tsconfig.json",
    },
    coverage: {
      provider: "v8",
      include: ["src/**/*.{ts,tsx}"],
      // Tests that are published: what they throw is a failed test.
      exclude: ["src/adapter-contract/**"],
      reporter: ["text-summary", "json"],
      reportOnFailure: true,
    },
    // TEST_REPORT names a file for a report that a program can read: .ci/run counts with it.
    reporters: process.env["TEST_REPORT"]
      ? ["default", ["json", { outputFile: process.env["TEST_REPORT"] }]]
      : ["default"],
  },
});

/**
 * Two decorator dialects, told apart by folder:
 *
 * - Standard decorators everywhere. Node does not know them yet and Vite's transform (Oxc) leaves
 *   them as they are, so esbuild lowers the files that seem to have one.
 * - Legacy decorators with their metadata (tsyringe's constructor injection) in folders named
 *   `legacy-decorators`. Oxc lowers these by itself, because it reads the nearest tsconfig.json:
 *   `{ "extends": "../../../tsconfig.legacy-decorators.json", "include": ["."], "exclude": [] }`.
 */
function lowerStandardDecorators(): Plugin {
  return {
    name: "lower-standard-decorators",
    enforce: "pre",
    async transform(code, id) {
      const file = id.split("?")[0] ?? id;
      if (!/\.[mc]?ts$/.test(file) || /\/(node_modules|legacy-decorators)\//.test(file)) return;
      if (!/(^|[\s{;])@[A-Za-z_$]/m.test(code)) return;
      const lowered = await transform(code, {
        loader: "ts",
        target: "es2022",
        sourcefile: file,
        sourcemap: true,
        tsconfigRaw: { compilerOptions: { target: "es2022", verbatimModuleSyntax: true } },
      });
      return { code: lowered.code, map: lowered.map };
    },
  };
}
