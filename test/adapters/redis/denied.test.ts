import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Lease, Outcome } from "../../../src/adapters/adapter.ts";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { missing } from "../../support/requires.ts";
import { RedisServer } from "../../support/redis-server.ts";

const DEAD = { set: "dead" } as const;

/** What scripts write with. */
const COMMANDS =
  "LPUSH LPUSHX RPUSH RPOP LREM ZADD ZREM SADD SREM SET HSET HDEL HSETNX HRANDFIELD HINCRBY INCR INCRBY RENAME EXPIRE DEL PUBLISH ZREMRANGEBYRANK".split(
    " ",
  );
const ours = (name: string): string => `mandate:${name}`;

/** What scripts write to, as ACLs name it. */
const KEYS = "queues schedule retry dead stat:* processes host:* queue:*"
  .split(" ")
  .concat(
    "jobs leases workers blocked waiting freed recoveries sequence".split(" ").map(ours),
    "holds held keys locks locked parked parking free-at in-line".split(" ").map(ours),
    "hold:* until:* lines:* line:* ready:* parked:* answers:*".split(" ").map(ours),
    "handed replaceable overrides expiring counted batches".split(" ").map(ours),
    "foreign cancelled idle ends named over nothing lanes serving unsorted".split(" ").map(ours),
    "lane:* lease:* dependents:* prereqs:* freed:* sender:* result:*".split(" ").map(ours),
  );

/** Where somebody else's value may be before one of ours is. */
const PLACES = [
  "schedule",
  "retry",
  "dead",
  "queue:default",
  "queue:other",
  "stat:processed",
].concat(
  "blocked waiting freed recoveries sequence ends foreign lanes unsorted lane:default"
    .split(" ")
    .map(ours),
);

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
    priority = 0;
    await control.flushall();
    await control.acl("SETUSER", "limited", "reset", "on", ">secret", "~*", "&*", "+@all");
    const url = server.url.replace("redis://", "redis://limited:secret@");
    adapter = new RedisAdapter({ url, logger: silentLogger, leaseThread: false });
    lease = await open();
    return async () => {
      await allow();
      await lease.close();
      await adapter.close();
    };
  });

  const open = (): Promise<Lease> => {
    opened += 1;
    return adapter.lease({
      identity: `host:${opened}:a`,
      ttl: 60,
      info: { hostname: "", pid: 1, tag: "", startedAt: 1.5, concurrency: 1, queues: [["*", 1]] },
      state: () => ({ quiet: false, busy: 0 }),
      onWork: () => undefined,
      onDue: () => undefined,
    });
  };
  const allow = async (): Promise<void> => {
    await control.acl("SETUSER", "limited", "+@all", "~*");
    await control.config("SET", "maxmemory", "0");
    await control.replicaof("NO", "ONE");
    await Promise.all(PLACES.map(free));
  };
  const free = async (key: string): Promise<void> => {
    if ((await control.type(key)) === "string" && (await control.get(key)) === "theirs") {
      await control.del(key);
    }
  };
  const user = (...rules: readonly string[]): Promise<unknown> =>
    control.acl("SETUSER", "limited", ...rules);
  const obstacles: readonly (readonly [string, () => Promise<unknown>])[] = [
    ...COMMANDS.map((name) => [`no ${name}`, () => user(`-${name}`)] as const),
    ...KEYS.map((key) => {
      const others = KEYS.filter((each) => each !== key).map((each) => `~${each}`);
      return [`${key} is read only`, () => user("resetkeys", "%R~*", ...others)] as const;
    }),
    ...PLACES.map((key) => [`${key} is another's`, () => control.setnx(key, "theirs")] as const),
    ["the memory is full", () => control.config("SET", "maxmemory", "1")],
    ["it is a replica", () => control.replicaof("127.0.0.1", 1)],
  ];
  /** Of all jobs of a test. */
  let priority = 0;
  const entry = (jid: string, more: object = {}) => ({
    jid,
    queue: "default",
    payload: JSON.stringify({ class: "A", args: [], queue: "default", jid, priority }),
    priority,
    ...more,
  });

  /** Where each of these jids is: one place for each, or something was lost or is there twice. */
  async function placesOf(...jids: readonly string[]): Promise<string[][]> {
    const keys = await control.keys("*");
    const texts = (await Promise.all(keys.map(textsAt))).flat();
    return jids.map((jid) =>
      texts
        .filter(([, text]) => text.includes(`"jid":"${jid}"`))
        .map(([key]) => key.split(":")[0]!),
    );
  }

  /** What is there of jobs, each with its key. */
  async function textsAt(key: string): Promise<[string, string][]> {
    const type = await control.type(key);
    const texts =
      type === "list" && key.startsWith("queue:")
        ? await control.lrange(key, 0, -1)
        : type === "zset" && /^(schedule|retry|dead|mandate:lane:.*)$/.test(key)
          ? await control.zrange(key, "0", "-1")
          : type === "hash" && /^mandate:(lease|waiting|parked$)/.test(key)
            ? await control.hvals(key)
            : [];
    return texts.map((text) => [key, text]);
  }

  const unique = { from: "enqueue", until: "finished", whenFull: "refuse" };
  const turn = { key: "turn", from: "fetch", until: "settled", whenFull: "park" };
  const batches: readonly (readonly [string, readonly object[]])[] = [
    ["one", [entry("a")]],
    ["some", [entry("a"), entry("b"), entry("c", { queue: "other" })]],
    ["an urgent one", [entry("a", { priority: -1 })]],
    ["some urgent ones", [entry("a"), entry("b", { priority: -1 }), entry("c", { priority: -2 })]],
    [
      "some with keys",
      [
        entry("a", { holds: [{ ...unique, key: "a" }] }),
        entry("b", { holds: [{ ...unique, key: "b" }, turn], queue: "other" }),
        entry("c", { holds: [turn] }),
      ],
    ],
    [
      "those that wait",
      [entry("a"), entry("b", { at: Date.now() / 1000 + 60 }), entry("c", { prereqs: ["a"] })],
    ],
  ];
  const cases = batches.flatMap(([name, entries]) =>
    obstacles.map(([obstacle, set]) => [name, obstacle, set, entries] as const),
  );

  it.each(cases)("enqueues %s wholly or not at all: %s", async (_name, _obstacle, set, entries) => {
    const jids = (entries as { jid: string }[]).map(({ jid }) => jid);
    await set();
    const failure = await adapter.enqueue(entries as never, 1).then(
      () => undefined,
      (error: unknown) => error,
    );
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
  /** Beside the list as well as in it. */
  const all = [0, -1].flatMap((each) =>
    obstacles.map(([obstacle, set]) => [obstacle, each, set] as const),
  );
  const settles = kinds.flatMap(([kind, more]) =>
    all.map(([obstacle, each, set]) => [kind, obstacle, each, set, more] as const),
  );

  it.each(settles)("loses no job that is settled as %s: %s, priority %i", async (...given) => {
    const [kind, _obstacle, ofAll, set, more] = given;
    priority = ofAll;
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
    await set();

    await lease.exchange([outcome as never as Outcome]).catch(() => undefined);

    const places = await placesOf("a");
    await allow();
    expect(places[0]).toHaveLength(1);
    await lease.exchange([outcome as never as Outcome]).catch(() => undefined);
    expect((await placesOf("a"))[0]).toHaveLength(1);
  });

  it.each(all)(
    "loses no job that is handed out, or given back: %s, priority %i",
    async (_obstacle, ofAll, set) => {
      priority = ofAll;
      await adapter.enqueue([entry("a"), entry("b")]);
      await adapter.enqueue([
        entry("c", { queue: "other" }),
        entry("cancelled", { queue: "other" }),
      ]);
      await lease.exchange([], { queues: ["other"], limit: 10 });
      await adapter.store.cancel("cancelled", "other");
      await set();

      await lease.exchange([], { queues: ["default"], limit: 10 }).catch(() => undefined);
      const handedOut = await placesOf("a", "b", "c", "cancelled");
      await lease.close().catch(() => undefined);
      const closed = await placesOf("a", "b", "c");

      expect(handedOut.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
      expect(closed.map(({ length }) => length)).toEqual([1, 1, 1]);
      await allow();
      await control.zadd("mandate:leases", "XX", 1, lease.identity);
      await adapter.recover();
      expect((await placesOf("a", "b", "c")).flat()).toEqual(["queue", "queue", "queue"]);
    },
  );

  it.each(obstacles)("loses no job that waits for a turn, and no turn: %s", async (_name, set) => {
    const turn = { key: "k", from: "fetch", until: "settled", whenFull: "park" } as const;
    const jids = ["a", "b", "c"];
    await adapter.enqueue(jids.map((jid) => entry(jid, { holds: [turn] })));
    const fetch = { queues: ["default"], limit: 2 };
    const { jobs } = await lease.exchange([], fetch);
    await adapter.enqueue([entry("d", { holds: [turn] })]);
    await set();

    await lease
      .exchange([{ kind: "release", job: jobs[0]!, jid: "a" }], fetch)
      .catch(() => undefined);
    const places = await placesOf(...jids, "d");
    await allow();

    expect(places.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    await control.zadd("mandate:leases", "XX", 1, lease.identity);
    await adapter.recover();
    expect((await placesOf(...jids, "d")).map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    const second = await open();
    const done: string[] = [];
    for (;;) {
      const [job] = (await second.exchange([], fetch)).jobs;
      if (job === undefined) break;
      const { jid } = JSON.parse(job.payload) as { jid: string };
      done.push(jid);
      await second.exchange([{ kind: "done", job, jid }]);
    }
    await second.close();
    expect(done.toSorted()).toEqual([...jids, "d"]);
    expect(await control.exists("mandate:holds", "mandate:hold:k", "mandate:parked")).toBe(0);
  });

  it.each(obstacles)(
    "ends each job once that waited for a dead one: %s",
    async (_obstacle, set) => {
      await adapter.enqueue([entry("first")]);
      await adapter.enqueue([
        entry("buried", { prereqs: ["first"], prereqFailure: "bury" }),
        entry("gone", { prereqs: ["first"], prereqFailure: "cancel" }),
        entry("goes too", { prereqs: ["gone"], prereqFailure: "cancel" }),
        entry("let go", { prereqs: ["buried"] }),
      ]);
      const { jobs } = await lease.exchange([], { queues: ["default"], limit: 1 });
      const { payload } = entry("first");
      await lease.exchange([{ kind: "dead", job: jobs[0]!, jid: "first", payload }]);
      await set();

      await adapter.releaseBlocked().catch(() => undefined);

      const [buried = [], letGo = []] = await placesOf("buried", "let go");
      await allow();
      while ((await adapter.releaseBlocked()) > 0);
      expect([buried, letGo].map(({ length }) => length)).toEqual([1, 1]);
      const jids = ["first", "buried", "gone", "goes too", "let go"];
      expect(await placesOf(...jids)).toEqual([["dead"], ["dead"], [], [], ["queue"]]);
      expect(await Promise.all(jids.map((jid) => adapter.status(jid)))).toEqual([
        "dead",
        "dead",
        "cancelled",
        "cancelled",
        "enqueued",
      ]);
    },
  );

  it.each(all)(
    "loses no job that is promoted, released, recovered or moved: %s, priority %i",
    async (_obstacle, ofAll, set) => {
      priority = ofAll;
      await adapter.enqueue([entry("first", { queue: "first" })]);
      await adapter.enqueue([entry("due", { at: soon }), entry("then", { prereqs: ["first"] })]);
      await adapter.enqueue([entry("dead", { queue: "dies" }), entry("held", { queue: "held" })]);
      const { jobs } = await lease.exchange([], { queues: ["first"], limit: 1 });
      await lease.exchange([{ kind: "done", job: jobs[0]!, jid: "first" }]);
      const dying = await lease.exchange([], { queues: ["dies"], limit: 1 });
      const { payload } = entry("dead");
      await lease.exchange([{ kind: "dead", job: dying.jobs[0]!, jid: "dead", payload }]);
      await lease.exchange([], { queues: ["held"], limit: 1 });
      await control.zadd("mandate:leases", 1, lease.identity);
      const [due] = await control.zrange("schedule", "0", "-1");
      await control.zadd("schedule", "XX", 1, due!);
      const [dead] = (await adapter.store.page(DEAD, undefined, 1)).jobs;
      await set();

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
      const inTheEnd = await placesOf(...jids);
      expect(inTheEnd.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
      expect(inTheEnd[0]).not.toEqual(["schedule"]);
    },
  );
});
