// What viewers cost, and what they are shown while nothing answers. Numbers are those of
// docs/dashboard.md, "What is tested".
import { Command, configure, silentLogger, snapshot } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { Browsing } from "./browsing.ts";
import { Visitor } from "./visitor.ts";
import { Watch } from "./watch.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

class Import extends Command.initializeWith((row: number) => ({ row })) {
  static {
    this.queueAs("imports");
  }

  call(): void {}
}

describe.skipIf(missing("redis"))("the dashboard on a Redis", () => {
  let server: RedisServer;
  let adapter: RedisAdapter;

  beforeAll(async () => {
    server = await RedisServer.start(["--appendonly", "yes"]);
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
    configure({ adapter, logger: silentLogger });
    await Import.defer(1);
  });
  afterAll(async () => {
    await adapter?.close();
    await server?.dispose();
  });

  it("18: costs Redis one reading a second, however many look at however many pages", async () => {
    const watch = await Watch.start(server.url);
    await snapshot(adapter);
    expect(await watch.count("stat:failed")).toBe(1);

    const visitor = new Visitor();
    const pages = ["/", "/queues", "/jobs?place=retry", "/processes", "/errors"];
    const began = performance.now();
    let answers = 0;
    // Ten viewers, who do not even wait two seconds.
    const view = async (_: unknown, viewer: number): Promise<void> => {
      while (performance.now() - began < 1_500) {
        const path = pages[viewer % pages.length] ?? "/";
        expect((await visitor.get(path, { "x-mandate-live": "1" })).status).toBe(200);
        answers += 1;
      }
    };
    await Promise.all(Array.from({ length: 10 }, view));
    const seconds = (performance.now() - began) / 1_000;

    const readings = (await watch.count("stat:failed")) - 1;
    expect(answers).toBeGreaterThan(readings * 5);
    expect(readings).toBeGreaterThanOrEqual(1);
    expect(readings).toBeLessThanOrEqual(Math.ceil(seconds));
    // The list that two of them look at, too.
    const lists = await watch.count("WITHSCORES");
    expect([lists >= 1, lists <= Math.ceil(seconds)]).toEqual([true, true]);
    watch.stop();
  });

  describe.skipIf(missing("chromium"))("in a browser", () => {
    let isIn = true;
    let browsing: Browsing;

    beforeAll(async () => {
      browsing = await Browsing.start({
        authorize: ({ url }) =>
          isIn ? { actor: "ann", can: "all" } : Response.redirect(new URL("/login", url), 302),
      });
    });
    afterAll(() => browsing?.[Symbol.asyncDispose]());

    it("19: says that Redis is silent, keeps what was known, and goes on by itself", async () => {
      const page = await browsing.open("/queues");
      await page.getByLabel("Refresh every").selectOption("2");
      const row = page.locator('tr[data-row="imports"]');
      expect(await row.locator("td").nth(1).textContent()).toBe("1");

      // It takes what it is asked, and says nothing; then it is gone, and comes back.
      server.pause();
      await page.getByRole("status").getByText("No answer since").waitFor();
      expect(await page.locator("body.stale").count()).toBe(1);
      expect(await row.locator("td").nth(1).textContent()).toBe("1");
      const { status, text } = await new Visitor().get("/queues");
      expect([status, text.includes("The store does not answer.")]).toEqual([503, true]);

      server.resume();
      await server.kill();
      await server.run();
      await Import.defer(2);
      await row.locator("td").nth(1).getByText("2", { exact: true }).waitFor();
      expect(await page.locator("body.stale").count()).toBe(0);
      expect(await page.getByRole("status").textContent()).toBe("");
      expect(browsing.complaints).toEqual([]);
      await page.context().close();
    });

    it("19: says that a session has ended, and shows no page to sign in", async () => {
      const page = await browsing.open("/queues");
      isIn = false;
      await page.getByLabel("Refresh every").selectOption("2");
      await page.getByText("Your session has ended: sign in again").waitFor();
      expect(await page.locator('tr[data-row="imports"]').count()).toBe(1);
      expect(await page.getByLabel("Refresh every").inputValue()).toBe("0");
      expect(browsing.requests.filter((each) => each.includes("/login"))).toEqual([]);
      expect(browsing.complaints).toEqual([]);
      isIn = true;
      await page.context().close();
    });
  });
});
