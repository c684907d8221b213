import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configure, MemoryAdapter, silentLogger, type AuditEntry, type JobStatus } from "mandate";
import { globSync } from "tinyglobby";
import { expect, it, onTestFinished } from "vitest";
import { actionsAt } from "../../src/inspection/actions/actions.ts";
import { PLACES } from "../../src/inspection/lists/jobs.ts";
import type { RecurringOutcome } from "../../src/recurring/recurring-job.ts";
import { stateName } from "../../src/web/parts/badge.tsx";
import { catalogues, translator } from "../../src/web/texts/texts.ts";
import { fillStore } from "./busy-store.ts";
import { everyPage } from "./every-page.ts";
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

/** Every state that a badge can have; one that is added is missing here, and does not compile. */
const STATUSES: Record<JobStatus, true> = {
  scheduled: true,
  blocked: true,
  enqueued: true,
  running: true,
  retrying: true,
  dead: true,
  finished: true,
  cancelled: true,
  unknown: true,
};
const RUNS: Record<Exclude<RecurringOutcome["status"], JobStatus>, true> = {
  skipped: true,
  duplicate: true,
};
const OUTCOMES: Record<AuditEntry["outcome"], true> = {
  begun: true,
  done: true,
  failed: true,
  refused: true,
};

it.each(Object.entries(catalogues))(
  "%s has a word of its own for each state",
  (language, texts) => {
    const t = translator(language);
    const states = [STATUSES, RUNS, OUTCOMES].flatMap((each) => Object.keys(each));
    const untold = [...PLACES, ...states].filter((state) => {
      const name = stateName(state, translator("en"));
      return !Object.hasOwn(texts, name) || stateName(state, t) === name;
    });
    expect(untold).toEqual([]);
    // What one does is not what a job is: "wiederholen" is a button's word.
    const buttons = new Set([...PLACES].flatMap(actionsAt).map((action) => t(action)));
    expect([...PLACES].filter((place) => buttons.has(stateName(place, t)))).toEqual([]);
  },
);

it.each(Object.entries(catalogues))(
  "%s lacks no text that a page asks for",
  async (language, texts) => {
    const adapter = new MemoryAdapter({ logger: silentLogger });
    configure({ adapter, logger: silentLogger });
    onTestFinished(() => adapter.close());
    const store = await fillStore(adapter);
    onTestFinished(() => store.close());
    const asked = new Set<string>();
    // Asked before the language is: it has nothing, and notes what it was asked for.
    const messages = new Proxy<Record<string, string>>(
      {},
      {
        getOwnPropertyDescriptor: (_, text) => {
          asked.add(String(text));
          return undefined;
        },
      },
    );
    const visitor = new Visitor({ language, messages });
    for (const path of await everyPage(adapter)) {
      expect((await visitor.get(path)).text).toContain(`lang="${language}"`);
    }
    expect(asked.size).toBeGreaterThan(150);
    expect([...asked].filter((text) => !Object.hasOwn(texts, text))).toEqual([]);
  },
);

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
