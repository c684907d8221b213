import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { holdersOf, latest, turn } from "../../../../src/adapter-contract/hold-rig.ts";
import { fieldsOf, jid, nameOf, payloadOf, retry } from "../../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";
import type { Entry, FetchedJob } from "../../../../src/adapters/adapter.ts";
import { AdapterError } from "../../../../src/adapters/adapter-error.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";

/** What a job that is replaced becomes, besides its arguments. */
const BECOMES: readonly (readonly [what: string, more: Partial<Entry>])[] = [
  ["what stays where it is", {}],
  ["one of another queue", { queue: "other" }],
  ["one of another priority", { priority: 3 }],
  ["one that waits for a time", { at: 4e9 }],
  ["one that waits for a job", { prereqs: [jid("prereq")] }],
];

describe.skipIf(missing("redis"))("replacing while Redis's memory is full", () => {
  let server: RedisServer;
  let control: Redis;
  let adapter: RedisAdapter;
  let leases = 0;

  beforeAll(async () => {
    server = await RedisServer.start(["--maxmemory-policy", "noeviction"]);
    control = new Redis(server.url);
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger, leaseThread: false });
  });

  beforeEach(async () => {
    await control.flushall();
    onTestFinished(() => fill("0"));
  });

  afterAll(async () => {
    control.disconnect();
    await adapter.close();
    await server.dispose();
  });

  const holders = Object.entries(HOLDERS).flatMap(([holder, make]) =>
    BECOMES.map(([what, more]) => [holder, what, make, more] as const),
  );

  it.each(holders)(
    "refuses it, and runs what was there, once: %s becomes %s",
    async (_holder, _what, make, more) => {
      await adapter.enqueue([entry("prereq", { queue: "prereqs" })]);
      const end = await make({ adapter, open, entry: guarded });

      await fill("1");
      const refusal = await adapter.enqueue([guarded("b", more)]).catch((error: unknown) => error);
      await end();
      const whileFull = await work();
      await fill("0");
      const afterwards = await workToTheEnd();

      expect(refusal).toBeInstanceOf(AdapterError);
      expect(refusal).toMatchObject({ maybeAccepted: false, accepted: [] });
      expect((refusal as AdapterError).message).toContain("Its memory is full");
      expect(runsOf([...whileFull, ...afterwards])).toEqual([["a", jid("a")]]);
      expect(await left()).toEqual([]);
    },
  );

  it.each(holders)(
    "runs what was replaced before, once: %s has become %s",
    async (_holder, _what, make, more) => {
      await adapter.enqueue([entry("prereq", { queue: "prereqs" })]);
      const end = await make({ adapter, open, entry: guarded });
      const { refused } = await adapter.enqueue([guarded("b", more)]);

      await fill("1");
      await end();
      const whileFull = [...(await work()), ...(await work())];
      await fill("0");
      const afterwards = await workToTheEnd();

      expect(refused).toMatchObject([{ how: "replaced", holder: jid("a") }]);
      expect(runsOf([...whileFull, ...afterwards])).toEqual([["b", jid("a")]]);
      expect(await left()).toEqual([]);
    },
  );

  it("refuses a successor of what runs, which comes once there is room", async () => {
    await adapter.enqueue([guarded("a")]);
    const lease = await open();
    const [job] = await lease.fetch();

    await fill("1");
    const refusal = await adapter.enqueue([guarded("b")]).catch((error: unknown) => error);
    await lease.settle({ kind: "done", job: job!, jid: jid("a") });
    await fill("0");
    const { refused } = await adapter.enqueue([guarded("c")]);
    const runs = await workToTheEnd();

    expect(refusal).toMatchObject({ maybeAccepted: false });
    expect(refused).toEqual([]);
    expect(runsOf(runs)).toEqual([["c", jid("c")]]);
    expect(await left()).toEqual([]);
  });

  /** Redis takes nothing that needs memory where that is "1". */
  async function fill(maxmemory: string): Promise<void> {
    await control.config("SET", "maxmemory", maxmemory);
  }

  async function open(): Promise<TestLease> {
    leases += 1;
    const identity = `host:${leases}:${leases.toString(16).padStart(12, "0")}`;
    const lease = await TestLease.open(adapter, { identity, ttl: 60 });
    onTestFinished(() => lease.close());
    return lease;
  }

  /** Runs what may be fetched now. */
  async function work(): Promise<FetchedJob[]> {
    const lease = await open();
    const ran: FetchedJob[] = [];
    for (;;) {
      while ((await adapter.promoteDue()).promoted > 0);
      while ((await adapter.releaseBlocked()) > 0);
      const { jobs, isMore } = await lease.exchange([], {
        queues: ["default", "other", "prereqs"],
        limit: 10,
      });
      await lease.settle(
        ...jobs.map((job) => ({
          kind: "done" as const,
          job,
          jid: String(fieldsOf(job.payload)["jid"]),
        })),
      );
      ran.push(...jobs);
      if (jobs.length === 0 && isMore !== true) {
        await lease.close();
        return ran;
      }
    }
  }

  /** Runs what waits for a time, too. */
  async function workToTheEnd(): Promise<FetchedJob[]> {
    const ran = await work();
    for (const set of ["schedule", "retry"]) {
      for (const payload of await control.zrange(set, "0", "-1")) {
        await control.zadd(set, "XX", "1", payload);
      }
    }
    return [...ran, ...(await work())];
  }

  /** What is left of holds. */
  async function left(): Promise<unknown[]> {
    const keys = await control.keys("mandate:*");
    const ours =
      /^mandate:(hold|until|lines?|ready|held|keys|parked|in-line|handed|replaceable|overrides|expiring|free-at)/;
    return [...keys.filter((key) => ours.test(key)), ...(await holdersOf(adapter.holds))];
  }
});

interface Making {
  readonly adapter: RedisAdapter;
  readonly open: () => Promise<TestLease>;
  readonly entry: (name: string, more?: Partial<Entry>) => Entry;
}

/** Ends what job a waits for. */
type End = () => Promise<void>;

/** Where job a waits. */
const HOLDERS: Readonly<Record<string, (making: Making) => Promise<End>>> = {
  "one in a queue's list": ({ adapter, entry: make }) => enqueued(adapter, make("a")),
  "one in a lane": ({ adapter, entry: make }) => enqueued(adapter, make("a", { priority: 1 })),
  "one in the schedule": ({ adapter, entry: make }) => enqueued(adapter, make("a", { at: 4e9 })),
  "one in retry": async ({ adapter, open, entry: make }) => {
    await adapter.enqueue([make("a")]);
    const lease = await open();
    const [job] = await lease.fetch();
    await lease.settle(retry(job!, 4e9));
    return async () => undefined;
  },
  "one that is blocked": ({ adapter, entry: make }) =>
    enqueued(adapter, make("a", { prereqs: [jid("prereq")] })),
  "one that waits for a turn": async ({ adapter, open, entry: make }) => {
    const holds = [turn({ key: "turn" })];
    await adapter.enqueue([entry("runs", { holds, queue: "turns" })]);
    const lease = await open();
    const [job] = await lease.fetch(1, ["turns"]);
    await adapter.enqueue([make("a", { holds: [latest(), ...holds] })]);
    await lease.exchange([], { queues: ["default"], limit: 1 });
    return async () => void (await lease.settle({ kind: "done", job: job!, jid: jid("runs") }));
  },
};

async function enqueued(adapter: RedisAdapter, job: Entry): Promise<End> {
  await adapter.enqueue([job]);
  return async () => undefined;
}

function entry(name: string, more: Partial<Entry> = {}): Entry {
  const { queue = "default" } = more;
  return { jid: jid(name), queue, payload: payloadOf(name, queue), ...more };
}

/** Of key k, whose later ones replace those before. */
function guarded(name: string, more: Partial<Entry> = {}): Entry {
  return entry(name, { holds: [latest()], ...more });
}

function runsOf(jobs: readonly FetchedJob[]): (readonly [string, unknown])[] {
  return jobs
    .map(({ payload }) => [nameOf(payload), fieldsOf(payload)["jid"]] as const)
    .filter(([name]) => name !== "prereq");
}
