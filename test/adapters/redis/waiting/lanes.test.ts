import { Command, configure, deferAll, registerCommands } from "mandate";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Entry, Outcome } from "../../../../src/adapters/adapter.ts";
import type { Move, Place } from "../../../../src/adapters/job-store.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { Worker } from "../../../../src/worker/worker.ts";
import type { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import {
  done,
  jid,
  nameOf,
  namesOf,
  payloadOf,
  requeue,
  withPriority,
} from "../../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";
import { startRedis } from "../redis-store.ts";
import { RubySide } from "../ruby-side.ts";

const ran: number[] = [];

class Note extends Command.initializeWith((number: number) => ({ number })) {
  static readonly commandName = "Note";

  call(): void {
    ran.push(this.number);
  }
}

const DEFAULT = { queue: "default" } as const;
const IDLE = { queues: ["default"], limit: 5 };

describe.skipIf(missing("redis"))("jobs with a priority", () => {
  let server: RedisServer;
  let side: RubySide;
  let opened = 0;

  beforeAll(async () => {
    registerCommands(Note);
    server = await startRedis();
  });

  afterAll(() => server.dispose());

  describe("where no worker of ours looks", () => {
    it("wait in the list, where Ruby sees them, in the order of arrival", async () => {
      side = new RubySide(server);

      await enqueue(job("plain"), job("bulk", 10), job("urgent", -1));
      await enqueue(job("last", -1));

      expect(await listed()).toEqual(["plain", "bulk", "urgent", "last"]);
      expect(await beside()).toEqual([]);
    });

    it("come to the list from the schedule, from what they waited for and from the dead", async () => {
      side = new RubySide(server);
      await enqueue({ ...job("scheduled", 1), at: 1, prereqs: ["none"] }, job("a", 2));
      const { store } = side.adapter;
      await store.moveAll(DEFAULT, await moves("a"), "dead");

      await store.moveAll({ set: "dead" }, await moves("a", { set: "dead" }), "queue");

      expect(await listed()).toEqual(["scheduled", "a"]);
    });

    it.each([
      ["serves another queue", [["other", 1]]],
      [
        "serves others that begin otherwise",
        [
          ["defau-*", 1],
          ["default2", 1],
        ],
      ],
    ] as const)("do so where one %s", async (_case, queues) => {
      side = new RubySide(server);
      await worker(queues);

      await enqueue(job("urgent", -1));

      expect(await listed()).toEqual(["urgent"]);
    });

    it("do so where it takes no more jobs", async () => {
      side = new RubySide(server);
      const lease = await worker();
      await enqueue(job("before", -1));
      lease.state = { quiet: true, busy: 0 };
      await lease.renew();

      await enqueue(job("after", -1));
      await side.adapter.recover();

      expect(await beside()).toEqual([]);
      expect((await listed()).toSorted()).toEqual(["after", "before"]);
    });

    it("are sorted in when one comes that does, and what has none stays in order", async () => {
      side = new RubySide(server);
      await enqueue(job("plain1"), job("bulk", 10), job("one", 1), job("plain2"));
      await side.push("ruby", "default");

      const lease = await worker();

      expect(await listed()).toEqual(["plain1", "plain2", "ruby"]);
      expect(await side.redis.exists("mandate:unsorted")).toBe(0);
      expect(await lease.fetchNames()).toEqual(["plain1", "plain2", "ruby", "one", "bulk"]);
    });

    it("are sorted in though thousands stand before them", async () => {
      side = new RubySide(server);
      const many = Array.from({ length: 2_500 }, (_, index) =>
        job(`n${index}`, index % 5 === 0 ? -1 : 0),
      );
      await side.adapter.enqueue(many);

      const lease = await worker();

      expect(await side.redis.zcard("mandate:lane:default")).toBe(500);
      expect(await lease.fetchNames(3)).toEqual(["n0", "n5", "n10"]);
      expect(await side.adapter.store.size(DEFAULT)).toBe(2_497);
    });

    it("are told from jobs that only mention one", async () => {
      side = new RubySide(server);
      const payload = payloadOf("talks").replace(
        '"created_at"',
        '"meta":{"priority":5},"created_at"',
      );
      await enqueue({ ...job("talks"), payload }, job("bulk", 5));

      await worker();

      expect(await listed()).toEqual(["talks"]);
    });
  });

  describe("where one looks", () => {
    it.each([
      ["by its name", [["default", 1]]],
      [
        "by its beginning",
        [
          ["other", 1],
          ["def*", 1],
        ],
      ],
      ["with all others", [["*", 1]]],
    ] as const)("wait beside the list: %s", async (_case, queues) => {
      side = new RubySide(server);
      await worker(queues);

      await enqueue(job("plain"), job("bulk", 10), job("urgent", -1));

      expect(await listed()).toEqual(["plain"]);
      expect(await beside()).toEqual(["urgent", "bulk"]);
      expect(await side.adapter.store.queueNames()).toEqual(["default"]);
    });

    it("may have any integer as priority", async () => {
      side = new RubySide(server);
      const lease = await worker();
      const { MAX_SAFE_INTEGER: most, MIN_SAFE_INTEGER: least } = Number;

      await enqueue(job("most", most), job("less", most - 1), job("least", least), job("0"));

      expect(await lease.fetchNames()).toEqual(["least", "0", "less", "most"]);
    });

    it("are found by who takes all queues, though Ruby has forgotten the queue's name", async () => {
      side = new RubySide(server);
      const lease = await worker();
      await enqueue(job("urgent", -1));
      await side.redis.srem("queues", "default");
      await side.redis.unlink("queue:default");

      expect(await side.adapter.store.queueNames()).toEqual(["default"]);
      expect(namesOf(await lease.fetchAny())).toEqual(["urgent"]);
      expect(await side.redis.exists("mandate:lanes", "mandate:lane:default")).toBe(0);
    });

    it("are taken over without those before and behind that do not fit", async () => {
      side = new RubySide(server);
      const lease = await worker();
      const large = "x".repeat(400_000);
      const names = ["a", "b", "c", "d"];
      await enqueue(...names.map((name) => withText(job(name, -1), large)), job("plain"));

      const fetched = [
        await lease.fetchNames(),
        await lease.fetchNames(),
        await lease.fetchNames(),
      ];

      expect(fetched).toEqual([["a", "b"], ["c", "d"], ["plain"]]);
    });

    it("are not taken for absent by a sweep, and count as there", async () => {
      side = new RubySide(server);
      await worker();
      await enqueue(job("urgent", -1), job("bulk", 1), job("plain"));
      await side.enqueue("behind", "ruby-job");
      await side.process();

      await side.beats(4);

      expect(await side.adapter.status(jid("urgent"))).toBe("enqueued");
      expect(await side.adapter.status(jid("bulk"))).toBe("enqueued");
    });

    it("keep what waits for a job of Ruby's that stands beside a list", async () => {
      side = new RubySide(server);
      const lease = await worker();
      await side.push("ruby", "default");
      const fetched = await lease.fetchOne();
      await lease.settle(withPriorityOf(requeue(fetched), 5));

      await side.enqueue("behind", "ruby");

      expect(await beside()).toEqual(["ruby"]);
      expect(await side.status("behind")).toBe("blocked");
    });

    it("show with their queue what a worker runs", async () => {
      side = new RubySide(server);
      const lease = await worker();
      await enqueue(job("urgent", -1));
      await lease.fetch();
      await lease.renew();

      const work = await side.redis.hvals(`${lease.identity}:work`);
      const [running] = await side.adapter.store.running();

      expect(JSON.parse(work[0] ?? "")).toMatchObject({ queue: "default" });
      expect(running).toMatchObject({ queue: "default", identity: lease.identity });
      expect(running?.startedAt).toBeGreaterThan(1_600_000_000);
    });
  });

  describe("when the last that looked is gone", () => {
    it("go back to the list: what is urgent in front, what is not behind", async () => {
      side = new RubySide(server);
      const [first, second] = [await worker(), await worker()];
      const all = [job("plain"), job("bulk1", 10), job("bulk2", 10), job("one", 1)];
      await enqueue(...all, job("urgent1", -1), job("first", -2), job("urgent2", -1));

      await first.close();
      const between = await listed();
      await second.close();

      expect(between).toEqual(["plain"]);
      expect(await listed()).toEqual([
        "first",
        "urgent1",
        "urgent2",
        "plain",
        "one",
        "bulk1",
        "bulk2",
      ]);
      expect(await keysLeft()).toEqual([]);
    });

    it("go back with what it held", async () => {
      side = new RubySide(server);
      const lease = await worker();
      await enqueue(job("urgent1", -1), job("urgent2", -1), job("plain"));
      await lease.fetch(1);

      await lease.close();

      expect(await listed()).toEqual(["urgent1", "urgent2", "plain"]);
    });

    it("are noticed by a worker of another queue when it was killed", async () => {
      side = new RubySide(server);
      const lease = await worker([["default", 1]], 5 * server.tick);
      await worker([["other", 1]]);
      await enqueue(job("held", -1), job("urgent", -1), job("plain"));
      await lease.fetch(1);
      await server.elapse(6 * server.tick);

      await side.adapter.recover();

      expect(await listed()).toEqual(["held", "urgent", "plain"]);
    });

    it("are noticed by who enqueued them when it was killed", async () => {
      side = new RubySide(server);
      const producer = side.connect({ sidekiqHeartbeat: 0.1 });
      await worker([["default", 1]], 5 * server.tick);
      await producer.enqueue([job("urgent", -1)]);
      await new Promise((resolve) => setTimeout(resolve, 250));
      expect(await beside()).toEqual(["urgent"]);

      await server.elapse(6 * server.tick);

      await expect.poll(listed).toEqual(["urgent"]);
    });

    it("go back to lanes when another comes", async () => {
      side = new RubySide(server);
      const first = await worker();
      await enqueue(job("plain"), job("bulk", 10), job("urgent", -1));
      await first.close();

      const second = await worker();

      expect(await beside()).toEqual(["urgent", "bulk"]);
      expect(await second.fetchNames()).toEqual(["urgent", "plain", "bulk"]);
    });
  });

  describe("while a worker has nothing to do", () => {
    it("are handed over to it, and back to their lane", async () => {
      side = new RubySide(server);
      const lease = await idle();

      await enqueue(job("urgent", -3));
      const held = await beside();
      await worker();
      await lease.close();

      expect(held).toEqual([]);
      expect(await side.redis.zrange("mandate:lane:default", 0, "-1", "WITHSCORES")).toEqual([
        expect.stringContaining(jid("urgent")),
        "-3",
      ]);
    });

    it.each([
      ["a more urgent one", [job("first", -2)], job("urgent", -1), "beside"],
      ["an equal one", [job("first", -1)], job("urgent", -1), "beside"],
      ["a plain one", [job("first")], job("bulk", 1), "beside"],
      ["a more urgent one, without a priority", [job("first", -1)], job("plain"), "listed"],
    ] as const)("are not where before them waits %s", async (_case, before, after, where) => {
      side = new RubySide(server);
      await idle();
      await side.adapter.enqueue([...before, ...before.map(again)]);

      await enqueue(after);

      expect(await side.adapter.store.running()).toEqual([]);
      expect(await (where === "listed" ? listed() : beside())).toContain(nameOf(after.payload));
    });

    it("are where only less urgent ones wait", async () => {
      side = new RubySide(server);
      const lease = await idle();
      await side.adapter.enqueue([job("bulk1", 5), job("bulk2", 5)]);

      await enqueue(job("plain"));

      expect(await heldBy(lease)).toEqual(["plain"]);
    });
  });

  it("run in their order, though they were deferred before there was a worker", async () => {
    side = new RubySide(server);
    configure({ adapter: side.adapter, logger: silentLogger });
    ran.length = 0;
    await deferAll([0, 10, 1, -5].map((each) => Note.set({ priority: each }).prepare(each)));
    await Note.set({ priority: -7 }).defer(-7);

    await new Worker({ concurrency: 1 }).drain();

    expect(ran).toEqual([-7, -5, 0, 1, 10]);
  });

  it("are put where they were in a race of many workers", async () => {
    side = new RubySide(server);
    const leases = await Promise.all(Array.from({ length: 8 }, () => worker()));
    const all = Array.from({ length: 80 }, (_, index) => job(`n${index}`, (index % 7) - 3));

    await side.adapter.enqueue(all);
    const fetched = await Promise.all(leases.map((lease) => lease.fetch(10)));

    expect(namesOf(fetched.flat()).toSorted()).toEqual(
      all.map(({ payload }) => nameOf(payload)).toSorted(),
    );
    await Promise.all(
      leases.map((lease, at) => lease.settle(...(fetched[at] ?? []).map((each) => done(each)))),
    );
    expect(await keysLeft()).toEqual([]);
  });

  async function worker(
    queues: readonly (readonly [string, number])[] = [["*", 1]],
    ttl = 100_000,
  ): Promise<TestLease> {
    opened += 1;
    const info = { hostname: "host", pid: 1, tag: "", startedAt: 1, concurrency: 5, queues };
    const identity = `host:${opened}:looks`;
    const lease = await TestLease.open(side.connect(), { identity, ttl, info });
    onTestFinished(() => lease.close());
    return lease;
  }

  /** One that takes a job as it comes in. */
  async function idle(): Promise<TestLease> {
    opened += 1;
    const identity = `host:${opened}:idle`;
    const onHandedOver = (): void => undefined;
    const options = { identity, ttl: 100_000, onHandedOver };
    const lease = await TestLease.open(side.adapter, options);
    onTestFinished(() => lease.close());
    await lease.exchange([], IDLE);
    return lease;
  }

  async function enqueue(...entries: readonly Entry[]): Promise<void> {
    await side.adapter.enqueue(entries);
  }

  /** What Ruby sees, in the order of fetching. */
  async function listed(): Promise<string[]> {
    return (await side.redis.lrange("queue:default", 0, -1)).map(nameOf).toReversed();
  }

  async function beside(): Promise<string[]> {
    const members = await side.redis.zrange("mandate:lane:default", 0, "-1");
    return members.map((member) => nameOf(member.slice(17)));
  }

  async function heldBy(lease: TestLease): Promise<string[]> {
    const running = await side.adapter.store.running();
    return namesOf(running.filter(({ identity }) => identity === lease.identity));
  }

  async function moves(name: string, place: Place = DEFAULT): Promise<Move[]> {
    const found = await side.adapter.store.find(place, jid(name));
    return found === undefined ? [] : [{ job: found, payload: found.payload }];
  }

  async function keysLeft(): Promise<string[]> {
    const names = ["mandate:lanes", "mandate:lane:default"];
    const there = await Promise.all(names.map((name) => side.redis.exists(name)));
    return names.filter((_, index) => there[index] === 1);
  }
});

function job(name: string, priority = 0): Entry {
  const payload = withPriority(payloadOf(name), priority);
  return { jid: jid(name), queue: "default", payload, priority };
}

function again({ payload, ...rest }: Entry): Entry {
  const name = `${nameOf(payload)}2`;
  return { ...rest, ...job(name, rest.priority) };
}

function withText(entry: Entry, text: string): Entry {
  return { ...entry, payload: `${entry.payload.slice(0, -1)},"text":"${text}"}` };
}

function withPriorityOf(outcome: Outcome, priority: number): Outcome {
  return "payload" in outcome
    ? { ...outcome, payload: withPriority(outcome.payload, priority) }
    : outcome;
}
