import { afterAll, beforeAll, expect, describe, it, onTestFinished } from "vitest";
import { fieldText } from "../../../src/adapters/payload.ts";
import type { TimeUnit } from "../../../src/adapters/job-record.ts";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";

let server: RedisServer;
let adapter: RedisAdapter;

beforeAll(async () => {
  server = await RedisServer.start();
  adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
});
afterAll(async () => {
  await adapter.close();
  await server.dispose();
});

describe("the times that Redis writes into records", () => {
  it.each<[TimeUnit, RegExp]>([
    ["seconds", /^\d{10}\.\d{3}$/],
    ["milliseconds", /^\d{13}$/],
  ])("are %s", async (unit, pattern) => {
    const jid = unit === "seconds" ? "0".repeat(24) : "1".repeat(24);
    const payload = `{"class":"X","args":[],"queue":"${unit}","jid":"${jid}"}`;

    const adapter = new RedisAdapter({ url: server.url, logger: silentLogger, timestamps: unit });
    onTestFinished(() => adapter.close());
    await adapter.enqueue([{ jid, queue: unit, payload }]);

    const { jobs } = await adapter.store.page({ queue: unit }, undefined, 10);
    expect(fieldText(jobs[0]?.payload ?? "", "enqueued_at")).toMatch(pattern);
  });

  it("replace each other, in either unit", async () => {
    const job = { jid: "2".repeat(24), queue: "again" };
    const payload = `{"class":"X","args":[],"queue":"again","jid":"${job.jid}","enqueued_at":1795298407125}`;
    await adapter.enqueue([{ ...job, payload }]);

    const { jobs } = await adapter.store.page({ queue: "again" }, undefined, 10);

    expect(jobs[0]?.payload.match(/enqueued_at/g)).toHaveLength(1);
    expect(fieldText(jobs[0]?.payload ?? "", "enqueued_at")).toMatch(/^\d{10}\.\d{3}$/);
  });
});
