import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (file: string): string => fileURLToPath(new URL(`src/${file}`, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests and examples import "mandate" as a user does, and get the sources.
    alias: [
      { find: /^mandate$/, replacement: source("index.ts") },
      { find: /^mandate\/(\w+)$/, replacement: source("$1.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
  },
});
