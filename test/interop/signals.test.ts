import { describe, expect, it } from "vitest";
import { Log } from "../worker/log.ts";
import { BesideRuby, cannotRun, errorsIn } from "./beside-ruby.ts";

describe.skipIf(cannotRun)("Our workers", () => {
  // One test for both: they take signals with their heartbeats, as Sidekiq does, every ten seconds.
  it("obey Ruby's quiet and stop", async () => {
    const beside = await BesideRuby.start();
    const logs = [new Log(), new Log()] as const;
    await beside.worker({ queues: ["default"], tag: "to quiet", logger: logs[0] });
    await beside.worker({ queues: ["default"], tag: "to stop", logger: logs[1] });
    await beside.until(async () => (await beside.redis.scard("processes")) === 2);
    const [quieted = "", stopped = ""] = await Promise.all(
      ["to quiet", "to stop"].map((tag) => identityOf(beside, tag)),
    );

    await beside.ruby.run("manage.rb", "quiet", quieted);
    await beside.ruby.run("manage.rb", "stop", stopped);
    await logs[0].line(/Worker is quiet/);
    await logs[1].line(/Worker stopped/);

    const report = await beside.ruby.run("inspect.rb");
    expect(errorsIn(report)).toEqual([]);
    expect(report).toMatchObject({ processes: [{ identity: quieted }] });
    expect(logs[0].messages()).not.toContain("Worker stopped");
  });
});

async function identityOf({ redis }: BesideRuby, tag: string): Promise<string> {
  for (const identity of await redis.smembers("processes")) {
    const info = JSON.parse((await redis.hget(identity, "info")) ?? "{}") as { tag?: string };
    if (info.tag === tag) {
      return identity;
    }
  }
  throw new Error(`no process has the tag "${tag}"`);
}
