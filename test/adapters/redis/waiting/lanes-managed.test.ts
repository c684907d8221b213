import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Entry } from "../../../../src/adapters/adapter.ts";
import type { JobStore, StoredJob } from "../../../../src/adapters/job-store.ts";
import type { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import {
  jid,
  namesOf,
  payloadOf,
  release,
  withPriority,
} from "../../../../src/adapter-contract/jobs.ts";
import type { TestLease } from "../../../../src/adapter-contract/test-lease.ts";
import { startRedis } from "../redis-store.ts";
import { RubySide } from "../ruby-side.ts";

const DEFAULT = { queue: "default" } as const;

describe.skipIf(missing("redis"))("jobs beside a queue's list, to who looks after them", () => {
  let server: RedisServer;
  let side: RubySide;
  let store: JobStore;
  let lease: TestLease;

  beforeAll(async () => {
    server = await startRedis();
  });

  afterAll(() => server.dispose());

  it.each([1, 2, 3, 5, 100])("are listed in the order of fetching, %i at a time", async (size) => {
    await waiting(job("b", 2), job("p1"), job("u1", -1), job("p2"), job("u2", -1), job("a", 1));

    const pages = await pagesOf(size);

    expect(pages.flat()).toEqual(["u1", "u2", "p1", "p2", "a", "b"]);
    expect(pages.slice(0, -1).every((page) => page.length === size)).toBe(true);
    expect(await store.size(DEFAULT)).toBe(6);
  });

  it("are listed to the end though those that were seen last leave", async () => {
    await waiting(...["a", "b", "c", "d"].map((name) => job(name, -1)), job("z", 1), job("y", 1));
    const first = await store.page(DEFAULT, undefined, 2);
    await lease.fetch(2);

    const second = await store.page(DEFAULT, first.cursor, 3);
    await lease.fetch(3);
    const third = await store.page(DEFAULT, second.cursor, 3);

    expect([second, third].map(({ jobs }) => namesOf(jobs))).toEqual([["c", "d", "z"], ["y"]]);
  });

  it("are deleted from the middle, each by itself", async () => {
    await waiting(job("a", 1), job("b", 1), job("c", 1), job("u", -1), job("plain"));
    const [b, plain] = [await find("b"), await find("plain")];

    const deleted = await store.deleteAll(DEFAULT, [b, plain, b]);

    expect(deleted).toBe(2);
    expect((await pagesOf(9)).flat()).toEqual(["u", "a", "c"]);
    expect(await side.adapter.status(jid("b"))).toBe("finished");
  });

  it("are deleted though they were fetched and given back since they were seen", async () => {
    await waiting(job("a", 1), job("b", 1));
    const seen = await find("a");
    const [a] = await lease.fetch(1);
    await lease.settle(release(a!));

    expect(await store.delete(DEFAULT, seen)).toBe(true);
    expect(await store.delete(DEFAULT, seen)).toBe(false);
    expect((await pagesOf(9)).flat()).toEqual(["b"]);
  });

  it("are deleted by the thousand", async () => {
    await waiting(
      ...Array.from({ length: 1_000 }, (_, index) => job(`n${index}`, 1 + (index % 3))),
    );
    const { jobs } = await store.page(DEFAULT, undefined, 1_000);

    expect(await store.deleteAll(DEFAULT, jobs)).toBe(1_000);
    expect(await leftovers()).toEqual([]);
  });

  it("are cleared, with all others of the queue", async () => {
    await waiting(job("a", 1), job("u", -1), job("plain"));

    expect(await store.clear(DEFAULT)).toBe(3);
    expect(await store.queueNames()).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  it("stay where their queue is paused", async () => {
    await waiting(job("u", -1), job("plain"));
    await store.pause("default");

    expect(await lease.fetchNames()).toEqual([]);
    await store.resume("default");
    expect(await lease.fetchNames()).toEqual(["u", "plain"]);
  });

  it("are cancelled, waiting or running", async () => {
    await waiting(job("runs", -2), job("u", -1));
    const [runs] = await lease.fetch(1);

    expect(await store.cancel(jid("u"))).toBe(true);
    expect(await store.cancel(jid("runs"))).toBe(true);
    await lease.settle(release(runs!));

    expect(await side.adapter.status(jid("u"))).toBe("cancelled");
    expect(await side.adapter.status(jid("runs"))).toBe("cancelled");
    expect(await leftovers()).toEqual([]);
  });

  it("are killed, and come back with their priority", async () => {
    await waiting(job("u", -1), job("plain"));
    const u = await find("u");
    await store.move(DEFAULT, u, "dead", u.payload);
    const dead = await store.find({ set: "dead" }, jid("u"));

    await store.move({ set: "dead" }, dead!, "queue", u.payload);

    expect((await pagesOf(9)).flat()).toEqual(["u", "plain"]);
  });

  it("are moved to the end of where they belong", async () => {
    await waiting(job("a", 1), job("b", 1), job("plain"));
    const [a, b] = [await find("a"), await find("b")];

    const moved = await store.moveAll(
      DEFAULT,
      [
        { job: a, payload: a.payload },
        { job: b, payload: payloadOf("b") },
      ],
      "queue",
    );

    expect(moved).toBe(2);
    expect((await pagesOf(9)).flat()).toEqual(["plain", "b", "a"]);
  });

  async function waiting(...entries: readonly Entry[]): Promise<void> {
    side = new RubySide(server);
    ({ store } = side.adapter);
    lease = await side.lease();
    onTestFinished(() => lease.close());
    await side.adapter.enqueue(entries);
  }

  async function pagesOf(size: number): Promise<string[][]> {
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await store.page(DEFAULT, cursor, size);
      pages.push(namesOf(page.jobs));
      ({ cursor } = page);
    } while (cursor !== undefined);
    return pages.filter((page, at) => page.length > 0 || at === 0);
  }

  async function find(name: string): Promise<StoredJob> {
    const found = await store.find(DEFAULT, jid(name));
    if (found === undefined) {
      throw new Error(`Expected job "${name}" in its queue, found none`);
    }
    return found;
  }

  async function leftovers(): Promise<string[]> {
    const names = ["mandate:jobs", "mandate:lanes", "mandate:lane:default", "queue:default"];
    const there = await Promise.all(names.map((name) => side.redis.exists(name)));
    return names.filter((_, index) => there[index] === 1);
  }
});

function job(name: string, priority = 0): Entry {
  const payload = withPriority(payloadOf(name), priority);
  return { jid: jid(name), queue: "default", payload, priority };
}
