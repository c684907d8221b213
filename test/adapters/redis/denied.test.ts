import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Lease, Outcome } from "../../../src/adapters/adapter.ts";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { missing } from "../../support/requires.ts";
import { RedisServer } from "../../support/redis-server.ts";

const DEAD = { set: "dead" } as const;

/** What writes a job to where it goes. */
const COMMANDS = ["LPUSH", "LPUSHX", "RPUSH", "ZADD", "SADD", "SET", "HSET", "ZREM"];
/** All else that scripts write with. */
const OTHERS = ["HDEL", "HSETNX", "HRANDFIELD", "SREM", "LREM", "INCR", "RENAME", "RPOP", "PUBLISH"];

describe.skipIf(missing("redis"))("a user without a right", () => {
  let server: RedisServer;
  let control: Redis;
  let adapter: RedisAdapter;
  let lease: Lease;
  let opened = 0;

  beforeAll(async () => {
    server = await RedisServer.start();
    control = new Redis(server.url);
  });
  afterAll(async () => {
    control?.disconnect();
    await server?.dispose();
  });
  beforeEach(async () => {
    await control.flushall();
    await control.acl("SETUSER", "limited", "reset", "on", ">secret", "~*", "&*", "+@all");
    const url = server.url.replace("redis://", "redis://limited:secret@");
    adapter = new RedisAdapter({ url, logger: silentLogger, leaseThread: false });
    opened += 1;
    lease = await adapter.lease({
      identity: `host:${opened}:a`,
      ttl: 60,
      info: { hostname: "", pid: 1, tag: "", startedAt: 1.5, concurrency: 1, queues: [["*", 1]] },
      state: () => ({ quiet: false, busy: 0 }),
      onWork: () => undefined,
      onDue: () => undefined,
    });
    return async () => {
      await allow();
      await lease.close();
      await adapter.close();
    };
  });

  const allow = (): Promise<unknown> => control.acl("SETUSER", "limited", "+@all");
  const deny = (command: string): Promise<unknown> =>
    control.acl("SETUSER", "limited", `-${command}`);
  const entry = (jid: string, more: object = {}) => ({
    jid,
    queue: "default",
    payload: JSON.stringify({ class: "A", args: [], queue: "default", jid }),
    ...more,
  });

  /** Where each of these jids is: one place for each, or something was lost or is there twice. */
  async function placesOf(...jids: readonly string[]): Promise<string[][]> {
    const texts: [string, string][] = [];
    for (const key of await control.keys("*")) {
      const type = await control.type(key);
      if (key.startsWith("queue:")) {
        texts.push(
          ...(await control.lrange(key, 0, -1)).map((text): [string, string] => [key, text]),
        );
      } else if (["schedule", "retry", "dead"].includes(key)) {
        texts.push(
          ...(await control.zrange(key, "0", "-1")).map((text): [string, string] => [key, text]),
        );
      } else if (type === "hash" && /^mandate:(lease|waiting)/.test(key)) {
        texts.push(...(await control.hvals(key)).map((text): [string, string] => [key, text]));
      }
    }
    return jids.map((jid) =>
      texts
        .filter(([, text]) => text.includes(`"jid":"${jid}"`))
        .map(([key]) => key.split(":")[0]!),
    );
  }

  const batches: readonly (readonly [string, readonly object[]])[] = [
    ["one", [entry("a")]],
    ["some", [entry("a"), entry("b"), entry("c", { queue: "other" })]],
    [
      "those that wait",
      [entry("a"), entry("b", { at: Date.now() / 1000 + 60 }), entry("c", { prereqs: ["a"] })],
    ],
  ];
  const cases = batches.flatMap(([name, entries]) =>
    [...COMMANDS, ...OTHERS].map((command) => [name, command, entries] as const),
  );

  it.each(cases)("enqueues %s wholly or not at all: %s", async (_name, command, entries) => {
    const jids = (entries as { jid: string }[]).map(({ jid }) => jid);
    await deny(command);
    const failure = await adapter.enqueue(entries as never, 1).catch((error: unknown) => error);
    const places = await placesOf(...jids);
    const known = await control.hkeys("mandate:jobs");
    await allow();

    await adapter.enqueue(entries as never, 1);

    const expected = failure === undefined ? 1 : 0;
    expect(places.map(({ length }) => length)).toEqual(jids.map(() => expected));
    expect(known).toHaveLength(expected * jids.length);
    expect((await placesOf(...jids)).map(({ length }) => length)).toEqual(jids.map(() => 1));
  });

  const soon = Date.now() / 1000 + 60;
  const kinds: readonly (readonly [string, object])[] = [
    ["retry", { at: soon }],
    ["requeue", {}],
    ["requeue", { at: soon }],
    ["dead", {}],
    ["block", { prereqs: ["other"], prereqFailure: "release" }],
    ["release", {}],
  ];
  const settles = kinds.flatMap(([kind, more]) =>
    [...COMMANDS, ...OTHERS].map((command) => [kind, command, more] as const),
  );

  it.each(settles)("loses no job that is settled as %s: %s", async (kind, command, more) => {
    await adapter.enqueue([entry("a"), entry("other", { queue: "later" })]);
    const { jobs } = await lease.exchange([], { queues: ["default"], limit: 1 });
    const outcome = {
      kind,
      job: jobs[0],
      jid: "a",
      queue: "default",
      payload: entry("a").payload,
      ...more,
    };
    await deny(command);

    await lease.exchange([outcome as never as Outcome]).catch(() => undefined);

    const places = await placesOf("a");
    await allow();
    expect(places[0]).toHaveLength(1);
    await lease.exchange([outcome as never as Outcome]).catch(() => undefined);
    expect((await placesOf("a"))[0]).toHaveLength(1);
  });

  it.each([...COMMANDS, ...OTHERS])(
    "loses no job that is promoted, released, recovered or moved: %s",
    async (command) => {
      const past = Date.now() / 1000 + 0.2;
      await adapter.enqueue([entry("first", { queue: "first" })]);
      await adapter.enqueue([entry("due", { at: past }), entry("then", { prereqs: ["first"] })]);
      await adapter.enqueue([entry("dead", { queue: "dies" }), entry("held", { queue: "held" })]);
      const { jobs } = await lease.exchange([], { queues: ["first"], limit: 1 });
      await lease.exchange([{ kind: "done", job: jobs[0]!, jid: "first" }]);
      const dying = await lease.exchange([], { queues: ["dies"], limit: 1 });
      const { payload } = entry("dead");
      await lease.exchange([{ kind: "dead", job: dying.jobs[0]!, jid: "dead", payload }]);
      await lease.exchange([], { queues: ["held"], limit: 1 });
      await control.zadd("mandate:leases", 1, lease.identity);
      await expect.poll(() => Date.now() / 1000).toBeGreaterThan(past);
      const [dead] = (await adapter.store.page(DEAD, undefined, 1)).jobs;
      await deny(command);

      await adapter.promoteDue().catch(() => undefined);
      await adapter.releaseBlocked().catch(() => undefined);
      await adapter.recover().catch(() => undefined);
      await adapter.store.move(DEAD, dead!, "queue", dead!.payload).catch(() => undefined);

      const jids = ["due", "then", "dead", "held"];
      const places = await placesOf(...jids);
      await allow();
      expect(places.filter((each) => each.length !== 1)).toEqual([]);
      await adapter.promoteDue();
      await adapter.releaseBlocked();
      await adapter.recover();
      expect((await placesOf(...jids)).map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    },
  );
});
