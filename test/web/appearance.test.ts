// How pages look to those who see them otherwise: dark, narrow, enlarged, in their own colours.
// Numbers are those of docs/dashboard.md, "What is tested".
import { gzipSync } from "node:zlib";
import { commandStats, configure, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { Browsing, violations } from "./browsing.ts";
import { fillStore } from "./busy-store.ts";
import { everyPage } from "./every-page.ts";
import { cutOff, indistinct } from "./seen.ts";
import { Visitor } from "./visitor.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 320, height: 800 };

describe.skipIf(missing("redis") || missing("chromium"))("how pages look", () => {
  let server: RedisServer;
  let adapter: RedisAdapter;
  let store: { close(): Promise<void> };
  let browsing: Browsing;
  let paths: readonly string[];

  beforeAll(async () => {
    server = await RedisServer.start();
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
    configure({ adapter, logger: silentLogger });
    store = await fillStore(adapter);
    await adapter.notes.writeProfile({
      className: "ImportRow",
      startedAt: Date.now() / 1000,
      seconds: 2,
      name: "slow import",
      jid: "4f1d",
      format: "cpuprofile",
      data: gzipSync('{"nodes":[]}'),
    });
    await new Visitor().post("/queues", { action: "pause", name: "etl" });
    paths = await everyPage(adapter);
    browsing = await Browsing.start();
  });
  afterAll(async () => {
    await browsing?.[Symbol.asyncDispose]();
    await store?.close();
    await adapter?.close();
    await server?.dispose();
  });

  /** What is found on each page, one after the other, in a window of its own. */
  async function onEach(
    options: Parameters<Browsing["open"]>[1],
    look: (page: Page) => Promise<string[]>,
  ): Promise<string[]> {
    const page = await browsing.open("/", options);
    const found: string[] = [];
    for (const path of paths) {
      await page.goto(path);
      expect([path, await page.getByRole("heading", { level: 1 }).count()]).toEqual([path, 1]);
      found.push(...(await look(page)).map((each) => `${path}: ${each}`));
    }
    await page.context().close();
    return found;
  }

  it("20: axe finds nothing wrong with any page, light or dark, wide or narrow", async () => {
    // Not a page that has nothing to show.
    expect(await commandStats({}, adapter)).not.toEqual([]);
    const found = await onEach({}, async (page) => {
      const wrong: string[] = [];
      // What is there is the same in both themes: once for each width it is looked at in full.
      for (const [viewport, colorScheme, what] of [
        [WIDE, "light", "all"],
        [WIDE, "dark", "colours"],
        [NARROW, "dark", "all"],
        [NARROW, "light", "colours"],
      ] as const) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        const where = `${colorScheme}, ${viewport.width} px`;
        wrong.push(...(await violations(page, what)).map((each) => `${where}: ${each}`));
      }
      return wrong;
    });
    expect(found).toEqual([]);
  });

  it("20: cuts nothing off, and scrolls no page sideways, at 200 %", async () => {
    // A window of 1280 by 800, as it is once it is enlarged.
    const viewport = { width: 640, height: 400 };
    expect(await onEach({ viewport, deviceScaleFactor: 2 }, cutOff)).toEqual([]);
  });

  it("20: keeps apart what is to be told apart, in a system's own colours", async () => {
    expect(await onEach({ forcedColors: "active" }, indistinct)).toEqual([]);
  });
});
