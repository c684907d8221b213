// Takes the pictures of docs/dashboard.md. They are kept there where PICTURES=1 asks for it: times and ids differ each time.
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configure, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { expect, it, onTestFinished, vi } from "vitest";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { Browsing } from "./browsing.ts";
import { fillStore } from "./busy-store.ts";

vi.setConfig({ testTimeout: 120_000 });

const DOCS = join(import.meta.dirname, "../../docs");
/** Each in both themes. */
const PICTURES: Readonly<Record<string, string>> = {
  overview: "/",
  errors: "/errors",
  dead: "/jobs?place=dead",
};
/** In the page: this folder goes by another name wherever it is written. */
const SHOWN_AS = `
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode() !== null) {
    const { currentNode } = texts;
    currentNode.nodeValue = currentNode.nodeValue.replaceAll(${JSON.stringify(import.meta.dirname)}, "/app/commands");
  }`;
const SIZE = { width: 1280, height: 800 };

it.skipIf(missing("redis") || missing("chromium"))(
  "takes what docs/dashboard.md shows",
  async () => {
    const server = await RedisServer.start();
    onTestFinished(() => server.dispose());
    const adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
    onTestFinished(() => adapter.close());
    configure({ adapter, logger: silentLogger });
    const store = await fillStore(adapter);
    onTestFinished(() => store.close());
    const browsing = await Browsing.start();
    onTestFinished(() => browsing[Symbol.asyncDispose]());
    const isKept = process.env["PICTURES"] === "1";
    const folder = isKept ? join(DOCS, "pictures") : await mkdtemp(join(tmpdir(), "pictures-"));
    if (!isKept) onTestFinished(() => rm(folder, { recursive: true }));

    const names: string[] = [];
    for (const [name, path] of Object.entries(PICTURES)) {
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await browsing.open(path, { viewport: SIZE, colorScheme });
        await page.evaluate(SHOWN_AS);
        const file = `${name}-${colorScheme}.png`;
        await page.screenshot({ path: join(folder, file) });
        await page.context().close();
        names.push(file);
      }
    }

    const text = await readFile(join(DOCS, "dashboard.md"), "utf8");
    const shown = [...text.matchAll(/"pictures\/([^"]+)"/g)].map(([, file]) => file);
    expect(new Set(shown)).toEqual(new Set(names));
    for (const file of names) {
      expect((await stat(join(folder, file))).size).toBeGreaterThan(10_000);
      expect((await stat(join(DOCS, "pictures", file))).size).toBeGreaterThan(10_000);
    }
  },
);
