import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clock } from "../../../src/support/clock.ts";
import { missing } from "../../support/requires.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { JobsInRedis } from "./jobs-in-redis.ts";
import { jsonOf, run, type Said } from "./recording-terminal.ts";

const commands = fileURLToPath(new URL("../programs/enqueued.ts", import.meta.url));

describe.skipIf(missing("redis"))("mandate doctor", () => {
  let redis: JobsInRedis;

  beforeEach(async () => {
    redis = new JobsInRedis(await RedisServer.start(["--appendonly", "yes"]));
  });
  afterEach(() => redis?.dispose());

  async function findings(...args: readonly string[]): Promise<Record<string, string>> {
    const said = await run(["doctor", "--json", ...args, ...redis.url]);
    return byCheck(said);
  }

  it("finds nothing wrong where all is well", async () => {
    const lease = await redis.lease();
    await redis.add("queue", 1);

    const { exit, lines } = await run(["doctor", ...redis.url]);

    // How long an answer takes is the machine's affair.
    const others = lines.filter((line) => !/^ {7}|latency/.test(line));
    expect(others.filter((line) => !line.startsWith("ok "))).toEqual([]);
    expect(exit).toBe(0);
    lines.forEach((line) => expect(line.length).toBeLessThanOrEqual(80));
    await lease.close();
  });

  it("finds a server that may lose jobs, and says what to do", async () => {
    const client = (await import("ioredis")).Redis;
    const control = new client(redis.server.url);
    await control.config("SET", "maxmemory-policy", "allkeys-lru");
    await control.config("SET", "maxmemory", "2mb");
    await control.config("SET", "appendonly", "no");
    await control.config("SET", "save", "");

    const { exit, lines } = await run(["doctor", ...redis.url]);
    const bare = await findings();
    await control.config("SET", "save", "60 1000");
    const saving = await findings();
    control.disconnect();

    expect(exit).toBe(1);
    expect(lines.join("\n")).toContain(
      "WRONG  eviction            maxmemory-policy is allkeys-lru",
    );
    expect(lines.join("\n")).toContain("→ Set maxmemory-policy to noeviction");
    expect(bare["memory"]).toMatch(/^(ok|wrong): .* of 2.0 MB used$/);
    expect(bare["persistence"]).toBe("warning: nothing is kept on disk: jobs end with the server");
    expect(saving["persistence"]).toBe(
      "warning: snapshots only: what came after the last one ends with the server",
    );
  });

  it("finds a replica", async () => {
    const master = await RedisServer.start();
    const client = (await import("ioredis")).Redis;
    const control = new client(redis.server.url);
    await control.call("REPLICAOF", "127.0.0.1", String(master.port));

    const { role } = await findings();

    expect(role).toBe("wrong: it is a replica, and takes no jobs");
    await control.call("REPLICAOF", "NO", "ONE");
    control.disconnect();
    await master.dispose();
  });

  it("finds queues that nobody works on, and those that are paused", async () => {
    await redis.add("queue", 3, { queue: "reports" });
    await redis.add("queue", 2, { queue: "paused" });
    await redis.adapter.store.pause("paused");
    const without = await findings();
    const lease = await redis.lease();
    const other = await findings();
    await lease.close();

    expect(without["workers"]).toBe("wrong: no worker process is alive");
    expect(without["queue paused"]).toBe("warning: 2 jobs, and it is paused");
    expect(other["workers"]).toBe("ok: 1 worker process");
    expect(other["queue reports"]).toMatch(
      /^wrong: 3 jobs, the next waits .*; no worker serves it$/,
    );
  });

  it("knows that Sidekiq's processes serve queues", async () => {
    const lease = await redis.lease();
    const client = (await import("ioredis")).Redis;
    const control = new client(redis.server.url);
    const now = Date.now() / 1000;
    for (const queue of ["ruby", "quiet", "nobody"]) {
      const payload = JSON.stringify({ class: "A", args: [], jid: queue, enqueued_at: now });
      await control.sadd("queues", queue);
      await control.lpush(`queue:${queue}`, payload);
    }
    await control.sadd("processes", "web:1:a", "web:2:dead", "web:3:odd", "web:4:quiet");
    await control.hset("web:1:a", "info", JSON.stringify({ pid: 1, queues: ["ruby"] }));
    const quiet = JSON.stringify({ pid: 4, queues: ["quiet"] });
    await control.hset("web:4:quiet", "info", quiet, "quiet", "true");
    await control.hset("web:3:odd", "info", JSON.stringify({ queues: 3 }));
    control.disconnect();

    const found = await findings();

    expect(found["queue ruby"]).toMatch(/^ok: 1 job, /);
    expect(found["workers"]).toBe("ok: 1 worker process");
    expect(found["queue quiet"]).toMatch(/^wrong: .* no worker serves it$/);
    expect(found["queue nobody"]).toMatch(/^wrong: .* no worker serves it$/);
    await lease.close();
  });

  it("finds jobs that are late, in a queue or beyond their time", async () => {
    const now = await redis.adapter.store.now();
    const payload = JSON.stringify({ class: "A", args: [], jid: "a1", queue: "default" });
    const client = (await import("ioredis")).Redis;
    const control = new client(redis.server.url);
    await control.zadd("schedule", now - 120, payload);
    await control.sadd("queues", "default");
    await control.lpush("queue:default", payload.replace("}", `,"enqueued_at":${now - 400.5}}`));
    control.disconnect();
    const lease = await redis.lease();

    const found = await findings();

    expect(found["schedule"]).toMatch(
      /^wrong: a job has been due for 2m(\ds)?, and nobody moves it/,
    );
    expect(found["queue default"]).toMatch(/^warning: 1 job, the next waits for 6m4\ds$/);
    await lease.close();
  });

  it("finds classes that are unknown where commands were loaded", async () => {
    await redis.add("queue", 3, { command: "SendMail" });
    expect((await findings("-r", commands))["classes"]).toBe("ok: all that wait are known here");
    await redis.add("retry", 2, { command: "Vanished", error: "Error" });

    expect((await findings())["classes"]).toMatch(/^ok: not compared/);
    expect((await findings("-r", commands))["classes"]).toBe(
      "wrong: unknown here: Vanished (2 jobs)",
    );
  });

  it("speaks of Ruby only where there is one", async () => {
    await redis.add("queue", 1, { command: "Vanished" });

    const alone = await run(["doctor", "-r", commands, ...redis.url]);
    const client = new (await import("ioredis")).Redis(redis.server.url);
    await client.sadd("processes", "ruby:1:abc");
    await client.hset("ruby:1:abc", {
      info: JSON.stringify({ hostname: "ruby", pid: 1, identity: "ruby:1:abc", queues: ["low"] }),
      busy: "0",
      beat: String(Date.now() / 1000),
      quiet: "false",
    });
    client.disconnect();
    const beside = await run(["doctor", "-r", commands, ...redis.url]);

    expect(alone.lines.join(" ")).not.toContain("Ruby");
    expect(alone.lines.join(" ").replaceAll(/\s+/g, " ")).toContain(
      "Load their files (-r), deploy them, or name them in formerNames of what they are called now",
    );
    expect(beside.lines.join(" ").replaceAll(/\s+/g, " ")).toContain(
      "Load their files, deploy them, or leave their queues to Ruby",
    );
  });

  it("counts what it cannot read, and names the ten classes of which most is unknown", async () => {
    const client = (await import("ioredis")).Redis;
    const control = new client(redis.server.url);
    await control.sadd("queues", "broken");
    await control.lpush("queue:broken", "{oops", "[]");
    control.disconnect();
    for (let each = 0; each < 12; each += 1) await redis.add("queue", 1, { command: `C${each}` });
    await redis.add("queue", 2, { command: "Most" });

    const found = await findings("-r", commands);

    expect(found["payloads"]).toBe("wrong: 2 waiting jobs cannot be read");
    expect(found["classes"]).toMatch(
      /^wrong: unknown here: Most \(2 jobs\), (C\d+ \(1 job\),? ){9}and 3 more$/,
    );
  });

  it("looks at no more than a thousand jobs of each place", async () => {
    await redis.add("queue", 1_010, { command: "Vanished" });

    expect((await findings("-r", commands))["classes"]).toBe(
      "wrong: unknown here: Vanished (1,000 jobs)",
    );
  });

  it("finds jobs that a dead worker holds", async () => {
    await redis.add("queue", 2);
    const lease = await redis.lease(0.5);
    await lease.exchange([], { queues: undefined, limit: 2 });
    await expect.poll(() => redis.adapter.store.workers()).toEqual([]);

    expect((await findings())["leases"]).toBe(
      `wrong: 2 jobs held by workers that died: ${lease.identity}`,
    );
  });

  it("warns of a worker that has given no sign of life for long", async () => {
    const client = new (await import("ioredis")).Redis(redis.server.url);
    const lease = await redis.lease();
    await client.hset(lease.identity, "beat", Date.now() / 1000 - 45);
    const late = await findings();
    await client.del(lease.identity);

    expect(late["leases"]).toMatch(
      /^warning: worker host:1:abc has given no sign of life for 45s$/,
    );
    expect((await findings())["leases"]).toBe(
      "warning: worker host:1:abc has given no sign of life for a minute or more",
    );
    client.disconnect();
    await lease.close();
  });

  it("finds blocked jobs whose prerequisite is over", async () => {
    const [first = ""] = await redis.add("queue", 1);
    const entries = Array.from({ length: 130 }, (_, index) => ({
      jid: `b${index}`,
      queue: "default",
      payload: JSON.stringify({ jid: `b${index}`, queue: "default", prereq_jobs: [first] }),
      prereqs: [first],
    }));
    await redis.adapter.enqueue(entries);
    const before = await findings();
    await redis.adapter.store.clear({ queue: "default" });

    expect(before["blocked"]).toBe("ok: 130 blocked jobs looked at");
    expect((await findings())["blocked"]).toMatch(
      /^wrong: 130 jobs blocked by nothing but jobs that are over$/,
    );
  });

  it("finds clocks that differ", async () => {
    const { now } = clock;
    clock.now = () => now() + 30;

    const { clock: found } = await findings().finally(() => (clock.now = now));

    expect(found).toMatch(/^wrong: the store's clock and this machine's differ by (29|30)s$/);
  });
});

function byCheck(said: Said): Record<string, string> {
  return Object.fromEntries(
    jsonOf(said).map(({ check, level, found }) => [
      String(check),
      `${String(level)}: ${String(found)}`,
    ]),
  );
}
