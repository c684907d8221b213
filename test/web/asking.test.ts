// When a page asks for what is new: check 17 of docs/dashboard.md, "What is tested". Its clock is
// held, so that minutes pass at once, and nothing is asked but what is waited for.
import { Command, configure, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import type { Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { Browsing } from "./browsing.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

class Import extends Command.initializeWith((row: number) => ({ row })) {
  static {
    this.queueAs("imports");
  }

  call(): void {}
}

const MINUTES = 600_000;

describe.skipIf(missing("redis") || missing("chromium"))("a page that stays fresh", () => {
  let server: RedisServer;
  let adapter: RedisAdapter;
  let browsing: Browsing;
  let page: Page;
  let asked: number;

  beforeAll(async () => {
    server = await RedisServer.start();
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
    configure({ adapter, logger: silentLogger });
    await Import.defer(1);
    browsing = await Browsing.start();
  });
  afterAll(async () => {
    await browsing?.[Symbol.asyncDispose]();
    await adapter?.close();
    await server?.dispose();
  });

  beforeEach(async () => {
    // A page that does not ask: the clock is to be held before one does.
    page = await browsing.open("/help");
    asked = 0;
    page.on("request", (request) => (asked += isLive(request) ? 1 : 0));
    const now = Date.now();
    await page.clock.install({ time: now });
    await page.clock.pauseAt(now + 1_000);
    await page.goto("/queues");
  });
  afterEach(async () => {
    await page.context().close();
  });

  /** Lets time pass for the page, and says how often it asked then. */
  async function asksIn(milliseconds: number): Promise<number> {
    const before = asked;
    await page.clock.runFor(milliseconds);
    // What it sent is told of before this is answered.
    await page.evaluate("undefined");
    return asked - before;
  }

  /** Does what makes the page ask, some time after it last did, and waits until it has the answer. */
  async function asksAtOnce(act: () => Promise<unknown>): Promise<number> {
    const before = asked;
    await act();
    await expect.poll(freshness, { timeout: 30_000 }).toBe("updated 0 s ago");
    return asked - before;
  }

  const freshness = (): Promise<string | null> => page.locator("#freshness").textContent();
  const every = (seconds: string): Promise<unknown> =>
    page.getByLabel("Refresh every").selectOption(seconds);

  it("17: asks nothing while nobody looks, and once as soon as somebody does again", async () => {
    expect(await asksIn(1_000)).toBe(0);
    expect(await asksAtOnce(() => every("2"))).toBe(1);

    await show(page, false);
    expect(await asksIn(MINUTES)).toBe(0);
    expect(await freshness()).toBe("updated 600 s ago");

    expect(await asksAtOnce(() => show(page, true))).toBe(1);
    expect(await asksIn(1_900)).toBe(0);
    expect(await asksAtOnce(() => page.clock.runFor(200))).toBe(1);
    expect(browsing.complaints).toEqual([]);
  });

  it("17: stays paused when it is looked at again, and when it is loaded anew", async () => {
    await every("0");
    expect(await asksIn(MINUTES)).toBe(0);
    await show(page, false);
    await show(page, true);
    expect(await asksIn(MINUTES)).toBe(0);

    await page.reload();
    expect(await page.getByLabel("Refresh every").inputValue()).toBe("0");
    expect(await asksIn(MINUTES)).toBe(0);
    // On other pages, too.
    await page.goto("/jobs?place=queue");
    expect(await asksIn(MINUTES)).toBe(0);
    expect(await asksAtOnce(() => every("2"))).toBe(1);
    expect(await asksIn(1_900)).toBe(0);
    expect(await asksAtOnce(() => page.clock.runFor(200))).toBe(1);
    expect(browsing.complaints).toEqual([]);
  });

  it("17: asks no more than every two seconds, whatever its storage and its list say", async () => {
    for (const written of ["0.001", "-5", "1", "NaN", "5 s"]) {
      await page.evaluate(`localStorage.setItem("mandate-every", "${written}")`);
      await page.reload();
      const used = await page.getByLabel("Refresh every").inputValue();
      expect([written, used, await asksIn(4_900)]).toEqual([written, "5", 0]);
    }
    expect(await asksAtOnce(() => page.clock.runFor(200))).toBe(1);

    for (const written of ["0.001", "-5"]) {
      await page.evaluate(`document.querySelector("#every option").value = "${written}"`);
      expect(await asksIn(1_000)).toBe(0);
      expect(await asksAtOnce(() => every(written))).toBe(1);
      expect([written, await asksIn(1_900)]).toEqual([written, 0]);
      expect(await asksAtOnce(() => page.clock.runFor(200))).toBe(1);
    }
    expect(browsing.complaints).toEqual([]);
  });
});

/** Whether that is a page that asks what is new. */
function isLive(request: Request): boolean {
  return request.headers()["x-mandate-live"] === "1";
}

/** As if its tab came to the front, or another did: without a window nothing covers it. */
function show(page: Page, isVisible: boolean): Promise<unknown> {
  return page.evaluate(`
    Object.defineProperty(document, "hidden", { value: ${!isVisible}, configurable: true });
    Object.defineProperty(document, "visibilityState", {
      value: "${isVisible ? "visible" : "hidden"}",
      configurable: true,
    });
    document.dispatchEvent(new Event("visibilitychange"));
  `);
}
