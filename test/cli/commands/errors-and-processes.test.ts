import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "./jobs-in-redis.ts";
import { jsonOf, run } from "./recording-terminal.ts";

describe.skipIf(missing("redis"))("mandate errors", () => {
  let redis: JobsInRedis;

  beforeAll(async () => {
    redis = await JobsInRedis.start();
  });
  afterAll(() => redis?.dispose());

  it("says that nothing fails, on a terminal only", async () => {
    expect(await run(["errors", ...redis.url])).toMatchObject({
      exit: 0,
      lines: [],
      notes: ["Nothing fails"],
    });
    expect(await run(["errors", "--json", ...redis.url])).toMatchObject({ lines: [], notes: [] });
  });

  it("groups what fails, without an argument of a job", async () => {
    const failure = { args: ["secret"], error: "SmtpError", failed: 720, queue: "mailers" };
    await redis.add("retry", 600, {
      ...failure,
      message: "421 too many\nconnections",
      backtrace: ["at call (/app/send.ts:31:9)"],
    });
    await redis.add("dead", 3, { command: "Convert", error: "TypeError", failed: 5 });
    await redis.add("dead", 1, { command: "Silent", error: "Error", failed: NaN });

    const { lines, progress } = await run(["errors", ...redis.url]);

    expect(lines).toEqual([
      "    600  Send  SmtpError  first 12m ago, last 12m ago",
      "         600 in retry, 0 dead · queue mailers · /app/send.ts:31",
      "         421 too many connections",
      expect.stringMatching(
        /^ {6}3 {2}Convert {2}TypeError {2}first [\d.]+s ago, last [\d.]+s ago$/,
      ),
      "         0 in retry, 3 dead · queue default",
      "         ",
      "      1  Silent  Error  first ?, last ?",
      "         0 in retry, 1 dead · queue default",
      "         ",
    ]);
    expect(lines.join()).not.toContain("secret");
    expect(progress).toContain("600 of 600 failed jobs read");
  });

  it("says since when also where names are long", async () => {
    const command = "Accounting::GenerateMonthlyStatement";
    await redis.add("dead", 1, { command, error: "PaymentGatewayTimeoutError", failed: 720 });

    const { lines } = await run(["errors", "-c", command, ...redis.url]);

    expect(lines.slice(0, 2)).toEqual([
      `      1  ${command}  PaymentGatewayTimeoutError`,
      "         first 12m ago, last 12m ago",
    ]);
  });

  it("selects, and speaks JSON", async () => {
    expect(jsonOf(await run(["errors", "-c", "Convert", "--json", ...redis.url]))).toMatchObject([
      { className: "Convert", errorClass: "TypeError", count: 3, dead: 3, queues: ["default"] },
    ]);
  });
});

describe.skipIf(missing("redis"))("mandate processes", () => {
  let redis: JobsInRedis;

  beforeAll(async () => {
    redis = await JobsInRedis.start();
  });
  afterAll(() => redis?.dispose());

  it("lists workers, and asks them to be quiet or to stop", async () => {
    const none = await run(["processes", ...redis.url]);
    const lease = await redis.lease();
    const { identity } = lease;

    expect([none.exit, none.notes]).toEqual([
      0,
      ["No worker process is alive: nothing runs. Start one with mandate worker"],
    ]);
    const { lines } = await run(["processes", ...redis.url]);
    expect(lines.map((line) => line.replaceAll(/ +/g, " "))).toEqual([
      "IDENTITY BUSY UP SEEN QUEUES",
      expect.stringMatching(`^${identity} 0/5 1m4\\ds \\ds default shop$`),
    ]);
    expect(jsonOf(await run(["processes", "--json", ...redis.url]))).toMatchObject([
      { identity, busy: 1, concurrency: 5 },
    ]);

    const quiet = await run(["processes", "quiet", identity, "nobody", ...redis.url]);
    const stop = await run(["processes", "stop", "--all", ...redis.url]);

    expect([quiet.exit, quiet.lines, quiet.notes]).toEqual([
      1,
      [`Asked ${identity} to be quiet: it hears of that within seconds`],
      ["There is no worker process nobody: mandate processes lists them"],
    ]);
    expect([stop.exit, stop.lines]).toEqual([
      0,
      [`Asked ${identity} to stop: it hears of that within seconds`],
    ]);
    await lease.close();
  });

  it("says how many jobs of a worker are past their timeout", async () => {
    const lease = await redis.lease(3_600, { overdue: 2 });

    const { lines } = await run(["processes", ...redis.url]);
    await lease.close();

    expect(lines.at(-1)?.replaceAll(/ +/g, " ")).toMatch(
      / 0\/5 1m4\ds \ds default shop, 2 overdue$/,
    );
  });

  it("lists Ruby's within 80 columns, and asks them too", async () => {
    const identity = `web-7d9f8b6c5d-x2x4z:1:0123456789ab`;
    const client = new Redis(redis.server.url);
    const info = { started_at: Date.now() / 1000 - 200_000, tag: "shop", concurrency: 10 };
    const queues = ["critical", "default", "mailers", "active_storage_analysis"];
    await client.sadd("processes", identity, "puma:1:a");
    await client.hset(identity, { info: JSON.stringify({ ...info, queues }), quiet: "true" });
    await client.hset("puma:1:a", "info", JSON.stringify({ ...info, embedded: true }));
    await client.hset(`${identity}:work`, "t1", '{"queue":"default","payload":"{","run_at":1}');

    const { lines } = await run(["processes", ...redis.url]);
    const quiet = await run(["processes", "quiet", "--all", ...redis.url]);
    const one = await run(["processes", "stop", "puma:1:a", ...redis.url]);
    const signals = await client.lrange(`${identity}-signals`, 0, -1);
    await client.flushall();
    client.disconnect();

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.map((line) => line.replaceAll(/ +/g, " "))).toEqual([
      "IDENTITY BUSY UP SEEN QUEUES",
      expect.stringMatching(/^puma:1:a 0\/10 \S+ – Sidekiq, /),
      expect.stringMatching(/^web-7d9f8b6c5d-x2x4z:1:0123456789ab 1\/10 \S+ – crit.*… Sidekiq, /),
    ]);
    expect([quiet.exit, quiet.lines, quiet.notes]).toEqual([
      0,
      [`Asked ${identity} to be quiet: it hears of that within seconds`],
      [],
    ]);
    expect([one.exit, one.notes]).toEqual([
      1,
      ["puma:1:a is embedded in a Ruby program, and takes no signals: that program has to stop it"],
    ]);
    expect(signals).toEqual(["TSTP"]);
  });

  it.each([[], ["host:1:a", "--all"]])("does not guess which are meant: %j", async (...args) => {
    const { exit, notes } = await run(["processes", "stop", ...args, ...redis.url]);

    expect([exit, notes]).toEqual([
      2,
      ["mandate: Cannot stop processes: it is not clear which. Give their identities, or --all"],
    ]);
  });
});
