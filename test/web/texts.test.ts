import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configure, MemoryAdapter, silentLogger } from "mandate";
import { globSync } from "tinyglobby";
import { expect, it, onTestFinished } from "vitest";
import { catalogues } from "../../src/web/texts/texts.ts";
import { Visitor } from "./visitor.ts";

const folder = fileURLToPath(new URL("../../src/web/", import.meta.url));
const sources = globSync("**/*.{ts,tsx}", {
  cwd: folder,
  absolute: true,
  ignore: ["texts/**", "assets/**"],
}).map((file) => readFileSync(file, "utf8"));

/** Every text that the pages have translated, as it stands in the sources. */
const written = new Set(
  sources.flatMap((source) =>
    [...source.matchAll(/\bt\(\s*"([^"]+)"/g)].map(([, text]) => text ?? ""),
  ),
);
/** All else that stands between quotes, or as a name before a colon: states, and texts that are looked up. */
const literals = new Set(
  sources.flatMap((source) =>
    [...source.matchAll(/"([^"\n]*)"|^\s+(\w+):/gm)].map(([, text, name]) => text ?? name ?? ""),
  ),
);

it.each(Object.entries(catalogues))("%s says each text, and none that there is not", (_, texts) => {
  expect(written.size).toBeGreaterThan(200);
  expect([...written].filter((text) => !Object.hasOwn(texts, text))).toEqual([]);
  const sentences = [...literals].filter((text) => /^[A-Z].*[.?]$/.test(text));
  expect(sentences.filter((text) => !Object.hasOwn(texts, text))).toEqual([]);
  expect(Object.keys(texts).filter((text) => !literals.has(text))).toEqual([]);
});

it.each(Object.entries(catalogues))("%s has the values of each text in it", (_, texts) => {
  const valuesOf = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();
  const others = Object.entries(texts).filter(
    ([text, said]) => String(valuesOf(text)) !== String(valuesOf(said)),
  );
  expect(others).toEqual([]);
});

it("says pages in German, and what is given in other words", async () => {
  const adapter = new MemoryAdapter({ logger: silentLogger });
  configure({ adapter, logger: silentLogger });
  onTestFinished(() => adapter.close());
  const visitor = new Visitor({ language: "de", messages: { Queues: "Schlangen" } });

  const { text } = await visitor.get("/");
  expect(text).toContain('<html lang="de"');
  expect(text).toContain("<h1>Überblick</h1>");
  expect(text).toContain("Schlangen");
  expect((await visitor.get("/none")).text).toContain("Eine solche Seite gibt es nicht.");
});
