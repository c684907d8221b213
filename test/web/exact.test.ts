// Times and numbers as they are: check 25 of docs/dashboard.md, "What is tested".
import { Command, configure, silentLogger, type Step } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { jsonOf, run } from "../cli/commands/recording-terminal.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { Browsing } from "./browsing.ts";
import { fillStore } from "./busy-store.ts";
import { Visitor } from "./visitor.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** The first that a double does not have: it would be 9007199254740992. */
const INT64 = "9007199254740993";
const ROUNDED = /9007199254740992|9\.007199254740/;

class Pay extends Command.initializeWith((cents: bigint) => ({ cents })) {
  static {
    this.queueAs("payments");
  }

  call(): void {}
}

/** Ends with a result; or stays in retry with one step done, and another on its way. */
class Sum extends Command.initializeWith((fails: boolean) => ({ fails })) {
  static {
    this.queueAs("sums");
    this.keepResult("1 day");
    this.keepFinished("1 day");
    this.retryIn(() => 3_600);
  }

  async call(): Promise<{ total: bigint }> {
    const total = await this.step("add", () => BigInt(INT64));
    if (this.fails) {
      await this.step("rows", async (step: Step<bigint>) => {
        await step.advance(-total);
        throw new Error("no");
      });
    }
    return { total };
  }
}

describe.skipIf(missing("redis"))("what the dashboard tells", () => {
  let server: RedisServer;
  let adapter: RedisAdapter;
  let store: { close(): Promise<void> };
  const visitor = new Visitor();

  beforeAll(async () => {
    server = await RedisServer.start();
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
    configure({ adapter, logger: silentLogger });
    store = await fillStore(adapter);
  });
  afterAll(async () => {
    await store?.close();
    await adapter?.close();
    await server?.dispose();
  });

  it("25: has the numbers of its lists and of the program on the overview", async () => {
    const overview = await visitor.json<Record<string, number>>("/");
    const [program = {}] = jsonOf(await run(["stats", "--json", "--redis-url", server.url]));
    const names = ["processed", "failed", "enqueued", "running", "scheduled", "retry", "blocked"];
    names.push("dead", "processes", "fetchedAhead");
    const of = (all: Readonly<Record<string, unknown>>): unknown[] =>
      names.map((name) => [name, all[name]]);
    expect(of(program)).toEqual(of(overview));
    expect(names.filter((name) => overview[name] === 0)).toEqual(["fetchedAhead"]);

    const { text } = await visitor.get("/");
    const tiles = [...text.matchAll(/place=(\w+)"><b>(\d+)<\/b>/g)];
    const items = [...text.matchAll(/place=(\w+)"[^>]*><span>\w+<\/span><span[^>]*>(\d+)</g)];
    const shown = ["running", "scheduled", "blocked", "retry", "dead"];
    for (const found of [tiles, items]) {
      const counts = Object.fromEntries(found.map(([, place, count]) => [place, Number(count)]));
      expect(counts).toEqual(Object.fromEntries(shown.map((place) => [place, overview[place]])));
    }
    const lengths: Record<string, unknown> = { ...program, queue: program["enqueued"] };
    for (const place of [...shown, "finished", "queue"]) {
      const { jobs } = await visitor.json<{ jobs: unknown[] }>(`/jobs?size=200&place=${place}`);
      expect([place, jobs.length]).toEqual([place, lengths[place]]);
    }
  });

  it("25: writes arguments of 64 bits as they are, ours and Ruby's", async () => {
    const { id } = await Pay.defer(BigInt(INT64));
    const ruby = "0123456789abcdef01234567";
    const redis = new Redis(server.url);
    const payload = `{"class":"Pay","jid":"${ruby}","queue":"payments","retry":true,"created_at":1800000000000,"enqueued_at":1800000000000,"args":[-${INT64},{"deep":[${INT64}]}]}`;
    await redis.lpush("queue:payments", payload);
    redis.disconnect();

    for (const path of [
      "/jobs?q=command:Pay",
      "/queues/q?name=payments",
      `/jobs/j?jid=${id}`,
      `/jobs/j?jid=${ruby}`,
      `/jobs?q=arg:${INT64}`,
    ]) {
      for (const accept of ["text/html", "application/json"]) {
        const { text } = await visitor.get(path, { accept });
        expect([path, accept, text.includes(INT64), ROUNDED.test(text)]).toEqual([
          path,
          accept,
          true,
          false,
        ]);
      }
    }
    expect((await visitor.get(`/jobs/j?jid=${ruby}`)).text).toContain(`-${INT64}`);
  });

  it("25: writes results, and what steps have come to, as they are", async () => {
    const [kept, failed] = [await Sum.defer(false), await Sum.defer(true)];
    const worker = new Worker({ queues: ["sums"] });
    await worker.start();
    await kept.result({ timeout: 60 });
    await expect.poll(() => failed.status(), { timeout: 60_000 }).toBe("retrying");
    await worker.stop();

    for (const [{ id }, texts] of [
      [kept, [INT64]],
      [failed, [INT64, `-${INT64}`]],
    ] as const) {
      for (const accept of ["text/html", "application/json"]) {
        const { text } = await visitor.get(`/jobs/j?jid=${id}`, { accept });
        expect([accept, texts.filter((each) => !text.includes(each))]).toEqual([accept, []]);
        expect(text).not.toMatch(ROUNDED);
      }
    }
  });

  describe.skipIf(missing("chromium"))("in a browser", () => {
    let browsing: Browsing;

    beforeAll(async () => {
      browsing = await Browsing.start();
    });
    afterAll(() => browsing?.[Symbol.asyncDispose]());

    /** Clocks of New York jump then: forward at seven, back at six, in UTC. */
    const MOMENTS = [
      "2031-03-09T06:59:59.000Z",
      "2031-03-09T07:00:01.000Z",
      "2031-11-02T05:59:59.000Z",
      "2031-11-02T06:00:01.000Z",
    ];

    it.each([
      ["America/New_York", ["01:59:59", "03:00:01", "01:59:59", "01:00:01"]],
      ["Asia/Kolkata", ["12:29:59", "12:30:01", "11:29:59", "11:30:01"]],
    ])("25: tells the same moments in %s, where clocks jump, too", async (timezoneId, clocks) => {
      const jids: string[] = [];
      const queue = timezoneId.replace("/", "-");
      for (const moment of MOMENTS) {
        const options = { queue, waitUntil: new Date(moment) };
        jids.push((await Pay.set(options).defer(1n)).id);
      }
      const page = await browsing.open("/", { timezoneId });
      await page.goto(`/jobs?q=queue:${queue}`);
      for (const [index, moment] of MOMENTS.entries()) {
        const time = page.locator(`#job-${jids[index]} td.when time`);
        expect(await time.getAttribute("datetime")).toBe(moment);
        const title = moment.replace("T", " ").replace(".000Z", " UTC");
        expect(await time.getAttribute("title")).toBe(title);
        const here = await time.evaluate((each) => {
          const { dateTime } = each as unknown as { dateTime: string };
          return new Date(dateTime).toLocaleTimeString("en-GB");
        });
        expect(here).toBe(clocks[index]);
      }
      await page.context().close();
    });

    it.each([
      ["America/New_York", /1:59:59/],
      ["Asia/Kolkata", /12:29:59/],
    ])("25: says by the clock of %s since when nothing answers", async (timezoneId, since) => {
      const page = await browsing.open("/help", { timezoneId });
      // Two seconds before New York's clocks jump, and then over it.
      const time = new Date("2031-03-09T06:59:58Z");
      await page.clock.install({ time });
      await page.clock.pauseAt(time.getTime() + 1_000);
      await page.goto("/queues");
      await page.route("**/queues", (route) => route.abort());
      await page.clock.runFor(5_100);
      await page.getByRole("status").getByText("No answer since").waitFor();
      expect(await page.getByRole("status").textContent()).toMatch(since);
      expect(await page.locator("#freshness").textContent()).toBe("updated 5 s ago");
      await page.context().close();
    });
  });
});
