import { describe, expect, it } from "vitest";
import { missing } from "../../support/requires.ts";
import { Chaos } from "./chaos.ts";

const TIMEOUT = { timeout: 30_000 };

describe.skipIf(missing("redis"))("Sidekiq's heartbeat", () => {
  it("shows the worker where Sidekiq's Web UI looks", TIMEOUT, async () => {
    const chaos = await Chaos.start();

    const [identity = ""] = (await chaos.redis("SMEMBERS", "processes")) as string[];
    const fields = ["info", "concurrency", "busy", "quiet"];
    const shown = (await chaos.redis("HMGET", identity, ...fields)) as string[];
    const [info = "", ...state] = shown;
    const ttl = await chaos.redis("TTL", identity);

    expect(identity).toMatch(/^.+:\d+:[0-9a-f]{12}$/);
    expect(state).toEqual(["5", "0", "false"]);
    expect(ttl).toBeGreaterThan(50);
    expect(JSON.parse(info)).toMatchObject({
      identity,
      pid: process.pid,
      queues: ["*"],
      concurrency: 5,
      started_at: expect.any(Number) as number,
      capsules: { default: { concurrency: 5, mode: "random", weights: { "*": 1 } } },
      embedded: false,
    });
  });

  it("takes quiet and stop from Sidekiq's API", TIMEOUT, async () => {
    const chaos = await Chaos.start({ leaseTtl: 1 });
    const [identity = ""] = (await chaos.redis("SMEMBERS", "processes")) as string[];

    await chaos.redis("LPUSH", `${identity}-signals`, "TTIN", "TSTP", "TERM");
    await chaos.log.line(/^Worker stopped$/);

    expect(
      chaos.log.messages("info").filter((line) => /operator|quiet|Running/.test(line)),
    ).toEqual([
      "An operator sent TTIN",
      "Running: 0 jobs",
      "An operator sent TSTP",
      "Worker is quiet: it fetches no more jobs",
      "An operator sent TERM",
    ]);
    expect(await chaos.leftovers()).toEqual([]);
  });
});
