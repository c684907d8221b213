import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newJid } from "../../../../src/support/jid.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { done, jid, payloadOf } from "../../../../src/adapter-contract/jobs.ts";
import { RubySide } from "../ruby-side.ts";

describe.skipIf(missing("redis"))("A Redis that Ruby shares", () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start([], { settableClock: true });
  });

  afterAll(() => server.dispose());

  describe("prerequisites of Ruby's", () => {
    it("hold a job back until they were absent for two heartbeats", async () => {
      const ruby = new RubySide(server);
      await ruby.push("first");
      await ruby.enqueue("second", "first");
      await ruby.beats(3);
      const held = await ruby.status("second");

      await ruby.redis.rpop("queue:ruby");
      const over = await ruby.beats(3);

      expect(held).toBe("blocked");
      expect(over).toEqual([0, 1, 0]);
      expect(await ruby.status("second")).toBe("enqueued");
    });

    it("are looked for in the schedule and among the retries", async () => {
      const ruby = new RubySide(server);
      await ruby.redis.zadd("schedule", 4e9, payloadOf("later"));
      await ruby.redis.zadd("retry", 4e9, payloadOf("again"));
      await ruby.enqueue("a", "later");
      await ruby.enqueue("b", "again");

      await ruby.beats(3);

      expect([await ruby.status("a"), await ruby.status("b")]).toEqual(["blocked", "blocked"]);
    });

    it("are looked for among what Sidekiq's processes run", async () => {
      const ruby = new RubySide(server);
      await ruby.process(payloadOf("runs"));
      await ruby.enqueue("after", "runs");
      await ruby.beats(3);
      const held = await ruby.status("after");

      await ruby.process();
      await ruby.beats(2);

      expect(held).toBe("blocked");
      expect(await ruby.status("after")).toBe("enqueued");
    });

    it("hold nobody back where they are unknown, and no Sidekiq process lives", async () => {
      const ruby = new RubySide(server);
      await ruby.push("other");

      await ruby.enqueue("after", "never heard of");

      expect(await ruby.status("after")).toBe("enqueued");
      expect(await ruby.adapter.unfinished([jid("never heard of")])).toEqual([]);
    });

    it("may have been taken a moment ago where a Sidekiq process lives", async () => {
      const ruby = new RubySide(server);
      await ruby.process();

      await ruby.enqueue("after", "just taken");
      const held = await ruby.status("after");
      await ruby.beats(3);

      expect(held).toBe("blocked");
      expect(await ruby.status("after")).toBe("enqueued");
    });

    it("are none of ours, which are known to be finished", async () => {
      const ruby = new RubySide(server);
      await ruby.process();

      expect(await ruby.adapter.unfinished([newJid(), newJid()])).toEqual([]);
    });

    it("are looked for by the next sweep where very many jobs wait", async () => {
      const ruby = new RubySide(server);
      await ruby.redis.sadd("queues", "ruby");
      const payloads = Array.from({ length: 3_000 }, (_, at) => payloadOf(`job ${at}`, "ruby"));
      await ruby.redis.lpush("queue:ruby", ...payloads);
      await ruby.enqueue("behind one", "job 1500");
      await ruby.enqueue("behind none", "none");

      await ruby.beats(1);

      expect(await ruby.status("behind one")).toBe("blocked");
      expect(await ruby.status("behind none")).toBe("enqueued");
    });

    it("are told from those that arguments mention", async () => {
      const ruby = new RubySide(server);
      await ruby.redis.sadd("queues", "ruby");
      const record = { class: "Job", args: [{ jid: jid("gone") }], jid: jid("other") };
      await ruby.redis.lpush("queue:ruby", JSON.stringify(record));
      await ruby.process();
      await ruby.enqueue("a", "gone");
      await ruby.enqueue("b", "other");

      await ruby.beats(3);

      expect([await ruby.status("a"), await ruby.status("b")]).toEqual(["enqueued", "blocked"]);
    });

    it("bury a job that asks for it with their death", async () => {
      const ruby = new RubySide(server);
      await ruby.push("first");
      await ruby.enqueueToBury("second", "first");
      const payload = await ruby.redis.rpop("queue:ruby");
      await ruby.redis.zadd("dead", 1_700_000_000, payload ?? "");

      await ruby.beats(1);

      expect(await ruby.status("second")).toBe("dead");
    });

    it("release a job at once when a worker of ours has run them", async () => {
      const ruby = new RubySide(server);
      await ruby.push("first");
      await ruby.enqueue("second", "first");

      await ruby.run(done, "ruby");

      expect(await ruby.status("second")).toBe("enqueued");
      expect(await ruby.redis.exists("mandate:foreign")).toBe(0);
    });
  });

  describe("jobs of ours", () => {
    it("are over when Ruby took them, and does not run them any more", async () => {
      const ruby = new RubySide(server);
      await ruby.enqueue("first");
      await ruby.enqueue("second", "first");
      const [, payload = ""] = (await ruby.redis.brpop("queue:default", 1)) ?? [];
      await ruby.process(payload);
      await ruby.beats(4);
      const held = await ruby.status("second");

      await ruby.process();
      await ruby.beats(3);

      expect(held).toBe("blocked");
      expect(await ruby.status("second")).toBe("enqueued");
      expect(await ruby.status("first")).toBe("finished");
    });

    it("are over when Ruby's Web UI deleted them, wherever they were", async () => {
      const ruby = new RubySide(server);
      const names = ["queued", "kept", "scheduled", "retried"];
      await ruby.enqueue("queued");
      await ruby.enqueue("kept");
      await ruby.adapter.enqueue([
        { jid: jid("scheduled"), queue: "default", payload: payloadOf("scheduled"), at: 4e9 },
      ]);
      await ruby.redis.zadd("retry", 4e9, payloadOf("retried"));
      await ruby.redis.hset("mandate:jobs", jid("retried"), "r");
      await ruby.adapter.enqueue(
        names.map((name) => ({
          jid: jid(`after ${name}`),
          queue: "later",
          payload: payloadOf(`after ${name}`, "later"),
          prereqs: [jid(name)],
        })),
      );

      const [, queued = ""] = await ruby.redis.lrange("queue:default", 0, -1);
      await ruby.redis.lrem("queue:default", 1, queued);
      await ruby.redis.del("schedule", "retry");
      const over = await ruby.beats(4);

      expect(over).toEqual([0, 0, 3, 0]);
      expect(await Promise.all(names.map((name) => ruby.status(name)))).toEqual([
        "finished",
        "enqueued",
        "finished",
        "finished",
      ]);
      expect(await Promise.all(names.map((name) => ruby.status(`after ${name}`)))).toEqual([
        "enqueued",
        "blocked",
        "enqueued",
        "enqueued",
      ]);
    });

    it("were no success when Ruby's Web UI deleted them, and no Sidekiq process has lived", async () => {
      const ruby = new RubySide(server);
      await ruby.enqueue("deleted");
      await ruby.enqueueToBury("behind", "deleted");
      await ruby.redis.del("queue:default");

      await ruby.beats(4);
      await ruby.enqueueToBury("late", "deleted");

      expect(await ruby.status("behind")).toBe("dead");
      expect(await ruby.status("late")).toBe("dead");
    });

    it("may have been a success where a Sidekiq process has lived lately", async () => {
      const ruby = new RubySide(server);
      await ruby.enqueue("taken");
      await ruby.enqueueToBury("behind", "taken");
      await ruby.process();
      await ruby.redis.del("queue:default");

      await ruby.beats(1);
      await ruby.redis.del("processes");
      await ruby.beats(4);
      await ruby.enqueueToBury("late", "taken");

      expect(await ruby.status("behind")).toBe("enqueued");
      expect(await ruby.status("late")).toBe("enqueued");
    });

    it("leave the index when Ruby's Web UI cleared their queue", async () => {
      const ruby = new RubySide(server);
      for (const name of ["a", "b", "c"]) {
        await ruby.enqueue(name);
      }

      await ruby.redis.del("queue:default");
      await ruby.redis.srem("queues", "default");
      const over = await ruby.beats(70);

      expect(over.filter((count) => count > 0)).toEqual([3]);
      expect(await ruby.redis.exists("mandate:jobs")).toBe(0);
    });

    it("are dead when Ruby's Web UI killed them, and waiting when it retried them", async () => {
      const ruby = new RubySide(server);
      await ruby.enqueue("first");
      await ruby.enqueueToBury("second", "first");
      const payload = (await ruby.redis.rpop("queue:default")) ?? "";
      await ruby.redis.zadd("dead", 1_700_000_000, payload);
      await ruby.process();
      await ruby.beats(1);
      const killed = [await ruby.status("first"), await ruby.status("second")];

      await ruby.redis.zrem("dead", payload);
      await ruby.redis.lpush("queue:default", payload);
      await ruby.enqueue("third", "second");
      await ruby.beats(30);

      expect(killed).toEqual(["dead", "dead"]);
      expect(await ruby.status("first")).toBe("enqueued");
    });

    it("stay known while they move from place to place", async () => {
      const ruby = new RubySide(server);
      await ruby.process();
      await ruby.enqueue("first");
      await ruby.enqueue("second", "first");
      const lease = await ruby.lease();

      for (let round = 0; round < 5; round += 1) {
        const job = await lease.fetchOne();
        await ruby.beats(1);
        await lease.settle({ job, jid: jid("first"), kind: "release" });
        await ruby.beats(1);
      }

      expect(await ruby.status("second")).toBe("blocked");
    });
  });

  describe("a sweep", () => {
    it("takes place only where there is a reason", async () => {
      const ruby = new RubySide(server);
      await ruby.enqueue("first");
      await ruby.enqueue("second", "first");
      const lease = await ruby.lease();
      await lease.fetchOne();

      await ruby.beats(3);

      expect(await ruby.redis.exists("mandate:sweep")).toBe(0);
    });

    it("is one process's, of many that try", async () => {
      const ruby = new RubySide(server);
      await ruby.push("first");
      await ruby.enqueue("second", "first");
      await ruby.redis.del("queue:ruby");
      await ruby.beats(1);
      await server.elapse(ruby.heartbeat * 2);

      const adapters = Array.from({ length: 8 }, () => ruby.connect());
      const over = await Promise.all(adapters.map((adapter) => adapter.sweep()));

      expect(over.filter((count) => count > 0)).toEqual([1]);
    });

    it("is broken off, and done again by another, where its process is closed", async () => {
      const ruby = new RubySide(server);
      await ruby.push("first");
      await ruby.enqueue("second", "first");
      await ruby.redis.del("queue:ruby");
      const other = ruby.connect();
      const sweeping = other.sweep().catch(() => undefined);

      await other.close();
      await sweeping;
      await ruby.beats(4);

      expect(await ruby.status("second")).toBe("enqueued");
    });

    it("is broken off for the reason that its signal has, and done again by another", async () => {
      const ruby = new RubySide(server);
      await ruby.push("first");
      await ruby.enqueue("second", "first");
      await ruby.redis.del("queue:ruby");
      const reason = new Error("enough");
      const ended = new AbortController();

      const sweeping = ruby.connect().sweep(ended.signal);
      ended.abort(reason);
      await expect(sweeping).rejects.toBe(reason);
      await ruby.beats(4);

      expect(await ruby.status("second")).toBe("enqueued");
    });

    it("goes on after SCRIPT FLUSH", async () => {
      const ruby = new RubySide(server);
      await ruby.push("first");
      await ruby.enqueue("second", "first");
      await ruby.enqueue("lost");
      await ruby.redis.del("queue:ruby", "queue:default");

      const over: number[] = [];
      for (let round = 0; round < 4; round += 1) {
        await ruby.redis.script("FLUSH");
        over.push(...(await ruby.beats(1)));
      }

      expect(over).toEqual([0, 1, 1, 0]);
    });
  });
});
