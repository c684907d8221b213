import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Entry, Lease, Outcome } from "../../../../src/adapters/adapter.ts";
import type { Exchange, FetchedJob } from "../../../../src/adapters/fetching.ts";
import type { Hold } from "../../../../src/adapters/hold.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { missing } from "../../../support/requires.ts";
import { RedisServer } from "../../../support/redis-server.ts";

const unique = (key: string, more: Partial<Hold> = {}): Hold => ({
  key,
  from: "enqueue",
  until: "finished",
  whenFull: "refuse",
  ...more,
});
const limit = (key: string, more: Partial<Hold> = {}): Hold => ({
  key,
  from: "fetch",
  until: "settled",
  whenFull: "park",
  ...more,
});
const entry = (jid: string, ...holds: readonly Hold[]): Entry => ({
  jid,
  queue: "default",
  payload: JSON.stringify({ class: "A", args: [], queue: "default", jid }),
  ...(holds.length > 0 && { holds }),
});
const jidOf = ({ payload }: { readonly payload: string }): string =>
  (JSON.parse(payload) as { jid: string }).jid;

describe.skipIf(missing("redis"))("holds on Redis", () => {
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
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger, leaseThread: false });
    lease = await open();
  });
  afterEach(async () => {
    await lease.close();
    await adapter.close();
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
  const fetch = async (most = 10, turns?: number): Promise<readonly FetchedJob[]> =>
    (
      await lease.exchange([], {
        queues: ["default"],
        limit: most,
        ...(turns !== undefined && { turns }),
      })
    ).jobs;
  const done = (job: FetchedJob): Outcome => ({ kind: "done", job, jid: jidOf(job) });
  /** What is left of ours, but for what is told in docs/redis.md. */
  const left = async (): Promise<string[]> =>
    (await control.keys("*")).filter(
      (key) =>
        !/^(queues|stat:|mandate:(sequence|sender|unsorted|answers|sweep|ends|over|lease|workers|serving|idle)|processes|host:)/.test(
          key,
        ),
    );

  it("refuses what another holds until that is done", async () => {
    const first = await adapter.enqueue([entry("a", unique("k"))]);
    const second = await adapter.enqueue([entry("b", unique("k"))]);
    const [job] = await fetch();

    expect(first.refused).toEqual([]);
    expect(second.refused).toEqual([{ jid: "b", key: "k", holder: "a", how: "refused" }]);
    await lease.exchange([done(job!)]);
    expect((await adapter.enqueue([entry("c", unique("k"))])).refused).toEqual([]);
    await lease.exchange([done((await fetch())[0]!)]);
    expect(await left()).toEqual([]);
  });

  it("parks what is over a limit, and hands it out with its turn", async () => {
    await adapter.enqueue(["a", "b", "c", "d"].map((jid) => entry(jid, limit("k", { to: 2 }))));

    const first = await fetch();
    expect(first.map(jidOf)).toEqual(["a", "b"]);
    expect(await fetch()).toEqual([]);
    const next = await lease.exchange([done(first[0]!)], { queues: ["default"], limit: 10 });
    expect(next.jobs.map(jidOf)).toEqual(["c"]);
    const last = await lease.exchange([done(first[1]!), done(next.jobs[0]!)], {
      queues: ["default"],
      limit: 10,
    });
    expect(last.jobs.map(jidOf)).toEqual(["d"]);
    await lease.exchange([done(last.jobs[0]!)]);
    expect(await left()).toEqual([]);
  });

  it("leaves others by", async () => {
    await adapter.enqueue([
      entry("a", limit("k")),
      entry("b", limit("k")),
      entry("c", limit("l")),
      entry("d"),
    ]);
    expect((await fetch()).map(jidOf)).toEqual(["a", "c", "d"]);
  });

  it("hands out no more than there are turns", async () => {
    await adapter.enqueue([entry("a", limit("k", { to: 9 })), entry("b", limit("k", { to: 9 }))]);
    expect((await fetch(10, 1)).map(jidOf)).toEqual(["a"]);
    const none = await lease.exchange([], { queues: ["default"], limit: 10, turns: 0 });
    expect(none).toMatchObject({ jobs: [], wantsTurn: true });
    expect((await fetch(10, 1)).map(jidOf)).toEqual(["b"]);
  });

  it("puts a released one to the head of its line", async () => {
    await adapter.enqueue(["a", "b"].map((jid) => entry(jid, limit("k"))));
    const [job] = await fetch();
    const { jobs } = await lease.exchange([{ kind: "release", job: job!, jid: "a" }], {
      queues: ["default"],
      limit: 10,
    });
    expect(jobs.map(jidOf)).toEqual(["a"]);
  });

  it("gives back what a closed lease had", async () => {
    await adapter.enqueue(["a", "b"].map((jid) => entry(jid, limit("k"))));
    await fetch();
    await lease.close();
    lease = await open();
    expect((await fetch()).map(jidOf)).toEqual(["a"]);
  });

  it("does not let a job wait for what it has itself", async () => {
    const once = limit("k", { until: "finished" });
    const urgent = { ...entry("b", once), priority: -1 };
    await adapter.enqueue([entry("a", once)]);
    const [job] = await fetch();
    await adapter.enqueue([urgent]);
    expect(await fetch()).toEqual([]);
    await lease.exchange([{ kind: "release", job: job!, jid: "a" }]);
    const [again] = await fetch();
    expect(jidOf(again!)).toBe("a");
    await lease.exchange([done(again!)]);
    expect((await fetch()).map(jidOf)).toEqual(["b"]);
  });

  it("forgets keys whose time is over, though nobody asks for them", async () => {
    await adapter.enqueue([entry("a", unique("k", { until: "time", seconds: 0.05 }))]);
    await lease.exchange([done((await fetch())[0]!)]);
    await expect
      .poll(async () => {
        await lease.renew();
        return control.exists("mandate:held", "mandate:hold:k", "mandate:expiring");
      })
      .toBe(0);
  });

  it("lets go of what Ruby has done behind its back", async () => {
    const sweeping = new RedisAdapter({
      url: server.url,
      logger: silentLogger,
      sidekiqHeartbeat: 0.05,
    });
    await sweeping.enqueue([entry("a", unique("k"))]);
    await control.rpop("queue:default");

    await expect
      .poll(async () => {
        await sweeping.sweep();
        return (await sweeping.enqueue([entry("b", unique("k"))])).refused.length;
      })
      .toBe(0);
    await sweeping.close();
  });

  it("spends tokens", async () => {
    const rate = { to: 10, seconds: 1, burst: 2 };
    await adapter.enqueue(
      ["a", "b", "c"].map((jid) => entry(jid, limit("k", { until: "fetched", rate }))),
    );
    const jobs = await fetch();
    expect(jobs.map(jidOf)).toEqual(["a", "b"]);
    const { nextAt } = await adapter.promoteDue();
    expect(nextAt).toBeGreaterThan(Date.now() / 1000 - 1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await fetch()).map(jidOf)).toEqual(["c"]);
  });

  it("blocks what waits for a key from the enqueueing", async () => {
    const parked = unique("k", { whenFull: "park" });
    await adapter.enqueue([entry("a", unique("k")), entry("b", parked), entry("c", parked)]);
    expect(await adapter.status("b")).toBe("blocked");
    const [job] = await fetch();
    const { releasable } = await lease.exchange([done(job!)], { queues: ["default"], limit: 1 });
    expect(releasable).toBe(true);
    expect(await adapter.releaseBlocked()).toBe(1);
    const [next] = await fetch();
    expect(jidOf(next!)).toBe("b");
    await lease.exchange([done(next!)]);
    expect(await adapter.releaseBlocked()).toBe(1);
    await lease.exchange([done((await fetch())[0]!)]);
    expect(await left()).toEqual([]);
  });

  it("waits behind a holder for a prerequisite that was refused", async () => {
    const { refused } = await adapter.enqueue([
      entry("a", unique("k")),
      entry("b", unique("k")),
      { ...entry("c"), prereqs: ["b"] },
    ]);
    expect(refused).toHaveLength(1);
    expect(await adapter.status("c")).toBe("blocked");
    expect(await adapter.status("b")).toBe("unknown");
    await lease.exchange([done((await fetch())[0]!)]);
    expect(await adapter.releaseBlocked()).toBe(1);
  });

  it("hands out without a turn what is refused or has expired", async () => {
    await adapter.enqueue([
      entry("a", limit("k", { whenFull: "refuse" })),
      entry("b", limit("k", { whenFull: "refuse" })),
      { ...entry("c", limit("k")), expiresAt: 1 },
    ]);
    expect(await fetch()).toMatchObject([{}, { refusedBy: "k" }, { expired: true }]);
  });

  describe("turns that a key has in plenty", () => {
    const add = (count: number, hold: Hold, first = 0): Promise<unknown> =>
      adapter.enqueue(
        Array.from({ length: count }, (_, index) => entry(`job${first + index}`, hold)),
      );
    const heldOf = async (key: string): Promise<number> =>
      (await adapter.holds.read([key]))[0]?.held ?? 0;

    const ask = (limit: number, turns: number): Promise<Exchange> =>
      lease.exchange([], { queues: ["default"], limit, turns });

    it("are taken ahead, up to three quarters, with word that there are more jobs", async () => {
      await add(700, limit("k", { to: 600 }));

      const first = await ask(300, 1);
      const second = await ask(200, 1);
      const third = await ask(200, 0);
      const fourth = await ask(200, 2);

      expect([first, second, third, fourth].map(({ jobs }) => jobs.length)).toEqual([
        300, 150, 0, 2,
      ]);
      expect([second.isMore, second.wantsTurn]).toEqual([true, false]);
      expect([third.isMore, third.wantsTurn]).toEqual([false, true]);
      expect(await heldOf("k")).toBe(452);
    });

    it("are taken ahead by the first of those that are asked for together", async () => {
      await add(64, limit("other", { to: 600 }));
      await add(200, limit("k", { to: 240 }), 64);

      const { jobs, isMore } = await ask(250, 1);
      const next = await ask(10, 10);

      // The rest is in its order where it was.
      expect(jobs.map(jidOf)).toEqual(Array.from({ length: 64 + 140 }, (_, at) => `job${at}`));
      expect(isMore).toBe(true);
      expect(next.jobs.map(jidOf)).toEqual(Array.from({ length: 10 }, (_, at) => `job${204 + at}`));
      expect([await heldOf("other"), await heldOf("k")]).toEqual([64, 150]);
    });

    it("are taken ahead by more jobs than a script hands over at once, and none is lost", async () => {
      await add(64, limit("other", { to: 100_000 }));
      await add(9_936, limit("k", { to: 12_000 }), 64);

      const { jobs } = await ask(10_000, 1);

      expect(jobs).toHaveLength(64 + 9_000);
      expect(await control.llen("queue:default")).toBe(10_000 - jobs.length);
    });

    it("are taken ahead by jobs with a priority, whose order that does not change", async () => {
      const worker = await open();
      const jobs = Array.from({ length: 400 }, (_, at) => ({
        ...entry(`job${at}`, limit("k", { to: 240 })),
        priority: 5,
      }));
      await adapter.enqueue(jobs);

      const ahead = await ask(400, 1);
      const next = await ask(10, 10);

      expect(ahead.jobs.map(jidOf)).toEqual(jobs.slice(0, 140).map(({ jid }) => jid));
      expect(next.jobs.map(jidOf)).toEqual(jobs.slice(140, 150).map(({ jid }) => jid));
      await worker.close();
    });

    it("are given back with what is released", async () => {
      await add(150, limit("k", { to: 600 }));
      const ahead = await fetch(150, 1);

      await lease.exchange(ahead.map((job) => ({ kind: "release", job, jid: jidOf(job) })));

      expect(ahead).toHaveLength(150);
      expect(await heldOf("k")).toBe(0);
    });

    it.for<[string, Hold]>([
      ["there are few", limit("k", { to: 90 })],
      [
        "a rate has tokens",
        limit("k", { until: "fetched", rate: { to: 9e3, seconds: 1, burst: 9e3 } }),
      ],
    ])("are not, where %s", async ([, hold]) => {
      await add(150, hold);

      expect(await fetch(100, 2)).toHaveLength(2);
    });

    it("are not for a job that is unique until it has started", async () => {
      const started = unique("u", { until: "fetched" });
      await adapter.enqueue([entry("a", limit("k", { to: 600 }), started)]);
      await adapter.enqueue([entry("b", limit("k", { to: 600 }))]);

      expect(await fetch(10, 0)).toEqual([]);
    });
  });
});
