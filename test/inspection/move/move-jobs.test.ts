import { moveJobs, MemoryAdapter, silentLogger, type Adapter } from "mandate";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Entry, FetchedJob, Lease } from "../../../src/adapters/adapter.ts";
import type { Hold } from "../../../src/adapters/hold.ts";
import type { Place } from "../../../src/adapters/job-store.ts";
import { redisStore } from "../../adapters/redis/redis-store.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";

const UNIQUE: Hold = {
  key: "unique:Sync:7",
  from: "enqueue",
  until: "finished",
  whenFull: "refuse",
};
const LIMIT: Hold = {
  key: "limit:stripe",
  from: "fetch",
  until: "settled",
  whenFull: "park",
  to: 1,
};

const SETS = ["scheduled", "retry", "blocked", "dead"] as const;
const TOMORROW = Date.now() / 1000 + 86_400;

function entry(jid: string, more: Partial<Entry> & { readonly fields?: object } = {}): Entry {
  const { fields, ...own } = more;
  const { queue = "default", priority, prereqs, prereqFailure } = own;
  const payload = JSON.stringify({
    class: "MandateJob",
    args: ["Sync", 7],
    queue,
    jid,
    ...(priority === undefined ? {} : { priority }),
    ...(prereqs === undefined ? {} : { prereq_jobs: prereqs }),
    ...(prereqFailure === undefined ? {} : { prereq_failure: prereqFailure }),
    ...fields,
  });
  return { jid, queue, payload, ...own };
}

/** Opens a worker's lease. */
function lease(adapter: Adapter, identity: string): Promise<Lease> {
  return adapter.lease({
    identity,
    ttl: 60,
    info: { hostname: "here", pid: 1, tag: "", startedAt: 0, concurrency: 1, queues: [["*", 1]] },
    state: () => ({ quiet: false, busy: 0 }),
    onWork: () => undefined,
    onDue: () => undefined,
  });
}

async function fetchAll(on: Lease, queue: string): Promise<readonly FetchedJob[]> {
  return (await on.exchange([], { queues: [queue], limit: 100 })).jobs;
}

/** A job of each kind. */
async function fill(adapter: Adapter): Promise<void> {
  await adapter.enqueue([entry("dies"), entry("retries")]);
  const on = await lease(adapter, "here:1:a");
  const outcomes = (await fetchAll(on, "default")).map((job) => {
    const { jid } = JSON.parse(job.payload) as { readonly jid: string };
    const { payload, queue } = entry(jid, {
      fields: { error_class: "Error", error_message: "no", failed_at: 1_800_000_000 },
    });
    return jid === "dies"
      ? ({ kind: "dead", job, jid, payload } as const)
      : ({ kind: "retry", job, jid, payload, queue, at: TOMORROW } as const);
  });
  await on.exchange(outcomes);
  await on.close();
  await adapter.enqueue([
    entry("first"),
    entry("second", { holds: [UNIQUE] }),
    entry("urgent", { priority: -5 }),
    entry("limited 1", { queue: "limited", holds: [LIMIT] }),
    entry("limited 2", { queue: "limited", holds: [LIMIT] }),
    entry("later", { at: TOMORROW, holds: [{ ...UNIQUE, key: "unique:Sync:8" }] }),
    entry("last", { prereqs: ["middle", "first"] }),
    entry("middle", { prereqs: ["later"], prereqFailure: "cancel" }),
    entry("behind", { prereqs: ["dies"], prereqFailure: "release" }),
  ]);
}

async function listed({ store }: Adapter, place: Place): Promise<readonly string[]> {
  const jids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.page(place, cursor, 100);
    jids.push(...page.jobs.map(({ jid = "" }) => jid));
    ({ cursor } = page);
  } while (cursor !== undefined);
  return jids;
}

async function contents(adapter: Adapter): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const queue of await adapter.store.queueNames()) {
    found[queue] = await listed(adapter, { queue });
  }
  for (const set of SETS) found[set] = await listed(adapter, { set });
  return found;
}

let server: RedisServer | undefined;

const stores = {
  memory: async (): Promise<Adapter> => {
    const adapter = new MemoryAdapter({ logger: silentLogger });
    onTestFinished(() => adapter.close());
    return adapter;
  },
  Redis: async (): Promise<Adapter> => {
    const url = server?.url ?? "";
    const store = await redisStore({ url, tick: 0.1, elapse: () => Promise.resolve() });
    onTestFinished(() => store.dispose());
    return store.adapter;
  },
};

const ways = [
  ["memory", "memory"],
  ["memory", "Redis"],
  ["Redis", "memory"],
  ["Redis", "Redis"],
] as const;

describe.skipIf(missing("redis")).each(ways)("jobs move from %s to %s", (source, target) => {
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server?.dispose());

  const open = async (): Promise<readonly [Adapter, Adapter]> => [
    await stores[source](),
    await stores[target](),
  ];

  it("each to its place, with what it holds and waits for", async () => {
    const [from, to] = await open();
    await fill(from);
    await from.releaseBlocked();

    const report = await moveJobs(from, to);

    expect(report).toEqual({ moved: 11, refused: [], ofBatches: 0, unreadable: 0 });
    expect(await contents(from)).toMatchObject({ scheduled: [], retry: [], blocked: [], dead: [] });
    expect(await from.store.size({ queue: "default" })).toBe(0);
    const { default: waiting = [], blocked = [], scheduled = [], ...others } = await contents(to);
    expect(others).toEqual({ limited: ["limited 1", "limited 2"], retry: [], dead: ["dies"] });
    expect(scheduled.toSorted()).toEqual(["later", "retries"]);
    expect(blocked.toSorted()).toEqual(["last", "middle"]);
    expect(waiting.filter((jid) => jid !== "behind" && jid !== "urgent")).toEqual([
      "first",
      "second",
    ]);
    expect(await to.store.pausedQueues()).toEqual([]);
    expect(await from.store.pausedQueues()).toEqual([]);

    // Keys are held, and limits hold.
    const answer = await to.enqueue([entry("another", { holds: [UNIQUE] })]);
    expect(answer.refused).toMatchObject([{ jid: "another", holder: "second" }]);
    const on = await lease(to, "here:1:b");
    const [only, ...rest] = await fetchAll(on, "limited");
    expect(JSON.parse(only?.payload ?? "")).toMatchObject({ jid: "limited 1" });
    expect(rest).toEqual([]);
    await on.close();
    const dead = await to.store.find({ set: "dead" }, "dies");
    expect(JSON.parse(dead?.payload ?? "")).toMatchObject({ error_class: "Error" });
    const retried = await to.store.find({ set: "scheduled" }, "retries");
    expect(retried?.at).toBeCloseTo(TOMORROW, 2);
  });

  it("goes on where it broke off, and makes no second job", async () => {
    const [from, to] = await open();
    await fill(from);
    let steps = 0;
    let isOver = false;
    for (let stopAt = 1; !isOver; stopAt += 1) {
      steps = 0;
      const stop = new AbortController();
      const onProgress = (): void => {
        steps += 1;
        if (steps === stopAt) stop.abort(new Error("killed"));
      };
      isOver = await moveJobs(from, to, { onProgress, signal: stop.signal }).then(
        () => steps < stopAt,
        (error: Error) => {
          expect(error.message).toBe("killed");
          return false;
        },
      );
      expect(stopAt).toBeLessThan(100);
    }

    expect(steps).toBeGreaterThan(5);
    const found = Object.values(await contents(to)).flat();
    expect(found.toSorted()).toEqual(
      ["behind", "dies", "first", "last", "later", "limited 1", "limited 2", "middle", "retries"]
        .concat(["second", "urgent"])
        .toSorted(),
    );
    expect(Object.values(await contents(from)).flat()).toEqual([]);
    expect(await to.store.pausedQueues()).toEqual([]);
  });

  it("leaves what the new store has a holder for, and what is a batch's", async () => {
    const [from, to] = await open();
    await from.enqueue([
      entry("twin", { holds: [UNIQUE] }),
      entry("member", { fields: { batch: "b1" } }),
    ]);
    await to.enqueue([entry("original", { queue: "other", holds: [UNIQUE] })]);

    expect(await moveJobs(from, to)).toEqual({
      moved: 0,
      refused: ["twin"],
      ofBatches: 1,
      unreadable: 0,
    });
    expect(await contents(from)).toMatchObject({ default: ["twin", "member"] });
  });

  it("keeps pauses, and changes nothing in a dry run", async () => {
    const [from, to] = await open();
    await from.enqueue([entry("one"), entry("two", { queue: "quiet" })]);
    await from.store.pause("quiet");

    expect(await moveJobs(from, to, { dryRun: true })).toMatchObject({ moved: 2 });
    expect(await contents(to)).toEqual({ scheduled: [], retry: [], blocked: [], dead: [] });
    expect(await moveJobs(from, to)).toMatchObject({ moved: 2 });
    expect(await to.store.pausedQueues()).toEqual(["quiet"]);
  });

  it("moves none while somebody may run them", async () => {
    const [from, to] = await open();
    await fill(from);
    const on = await lease(from, "here:1:c");

    await expect(moveJobs(from, to)).rejects.toThrow(
      /^Cannot move the jobs of a store on which 1 worker may run: here:1 was seen lately/,
    );
    await on.close();
    expect(await moveJobs(from, to)).toMatchObject({ moved: 11 });
  });

  it("moves many, and chains of them", async () => {
    const [from, to] = await open();
    const many = Array.from({ length: 1_300 }, (_, index) => entry(`many ${index}`));
    await from.enqueue(many);
    await from.enqueue([entry("link 0", { at: TOMORROW })]);
    // Each behind the next: they stand in the wrong order.
    const links = Array.from({ length: 900 }, (_, index) =>
      entry(`link ${900 - index}`, { prereqs: [`link ${899 - index}`] }),
    );
    await from.enqueue(links);

    expect(await moveJobs(from, to)).toMatchObject({ moved: 2_201 });
    expect(await to.store.size({ set: "blocked" })).toBe(900);
    expect(await listed(to, { queue: "default" })).toEqual(many.map(({ jid }) => jid));
  });
});

describe("jobs do not move", () => {
  it("into the store that they are in", async () => {
    const adapter = new MemoryAdapter({ logger: silentLogger });
    onTestFinished(() => adapter.close());
    await expect(moveJobs(adapter, adapter)).rejects.toThrow("from and to name the same one");
  });

  it("into one that lacks what they need", async () => {
    const [from, to] = [new MemoryAdapter(), new MemoryAdapter()];
    onTestFinished(async () => void (await Promise.all([from.close(), to.close()])));
    const without = (part: "documents" | "holds"): Adapter =>
      Object.create(to, { [part]: { value: undefined } }) as Adapter;

    await expect(moveJobs(from, without("documents"))).rejects.toThrow(
      'Cannot move jobs to the adapter "memory": it keeps no documents, which a move goes on by',
    );
    await expect(moveJobs(from, without("holds"))).rejects.toThrow(
      'Cannot move jobs from the adapter "memory" to "memory": they may have to hold keys, and that one keeps none',
    );
  });

  it("where options are misspelled", async () => {
    const adapter = new MemoryAdapter({ logger: silentLogger });
    onTestFinished(() => adapter.close());
    const options = { dryrun: true } as object;
    await expect(moveJobs(adapter, adapter, options)).rejects.toThrow(
      'Cannot use option "dryrun" in the options of moveJobs',
    );
  });
});
