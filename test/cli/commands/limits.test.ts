import { Command, configure, deferAll, limiter } from "mandate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLogger } from "../../../src/support/logger.ts";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "./jobs-in-redis.ts";
import { jsonOf, run } from "./recording-terminal.ts";

class Charge extends Command.initializeWith((account: number) => ({ account })) {
  static {
    this.queueAs("payments");
    this.limitConcurrency({ to: 1, by: (account) => account, group: "stripe" });
    this.fairBy((account) => account);
  }

  call(): void {}
}

describe.skipIf(missing("redis"))("what jobs and code wait for", () => {
  let redis: JobsInRedis;

  beforeAll(async () => {
    redis = await JobsInRedis.start();
    configure({ adapter: redis.adapter, logger: silentLogger });
  });
  afterAll(() => redis?.dispose());

  const told = async (...argv: readonly string[]): Promise<string[]> => {
    const { lines } = await run([...argv, ...redis.url]);
    return lines.map((line) => line.replaceAll(/ +/g, " ").trim());
  };

  it("is nothing at first", async () => {
    const { exit, lines, notes } = await run(["limits", ...redis.url]);

    expect([exit, lines, notes]).toEqual([
      0,
      [],
      ["No job waits for a limit, and no limiter is in use"],
    ]);
  });

  it("is listed: limits for which jobs wait, and limiters in use", async () => {
    await deferAll([Charge.prepare(42), Charge.prepare(42), Charge.prepare(7)]);
    const lease = await redis.lease();
    await lease.exchange([], { queues: ["payments"], limit: 3, turns: 3 });
    await limiter.bucket("erp", { to: 1_000, per: "1 day" }).within(() => undefined);

    expect(await told("limits")).toEqual([
      "LIMIT USED OF WAIT",
      "limit stripe:42 1 1 at once 1",
      "limiter bucket erp 1 1,000",
    ]);
    expect(jsonOf(await run(["limits", "--json", ...redis.url]))).toMatchObject([
      { limit: "limit stripe:42", running: 1, waiting: 1 },
      { kind: "bucket", name: "erp", used: 1, size: 1_000 },
    ]);
    await lease.close();
  });

  it("is shown of a queue, with the keys that take turns in it", async () => {
    expect(await told("queues", "show", "payments")).toEqual([
      "payments",
      // What the worker gave back waits behind the other again.
      expect.stringMatching(/^3 jobs, the next has waited for .*; 2 blocked$/),
      "KEY OF THE FIRST 3 JOBS",
      "42 2",
      "7 1",
    ]);
    expect(jsonOf(await run(["queues", "show", "payments", "--json", ...redis.url]))).toMatchObject(
      [{ name: "payments", size: 3, fairKeys: [{ key: "42", waiting: 2 }, {}] }],
    );
  });

  it("is none of a queue in which nobody takes turns, or that is not there", async () => {
    await redis.add("queue", 1);
    const { exit, notes } = await run(["queues", "show", "paymnets", ...redis.url]);

    expect(await told("queues", "show", "default")).toEqual([
      "default",
      expect.stringMatching(/^1 job, the next has waited for/),
    ]);
    expect([exit, notes]).toEqual([1, ["There is no queue paymnets: nothing was enqueued to it"]]);
  });
});
