import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { holdersOf, turn, unique } from "../../../../src/adapter-contract/hold-rig.ts";
import {
  done,
  ended,
  jid,
  nameOf,
  namesOf,
  payloadOf,
} from "../../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";
import type { Entry, FetchedJob } from "../../../../src/adapters/adapter.ts";
import { AdapterError } from "../../../../src/adapters/adapter-error.ts";
import type { Hold } from "../../../../src/adapters/hold.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { TcpProxy } from "../../../support/tcp-proxy.ts";

const IDENTITY = "host:1:aaaaaaaaaaaa";
const REQUEST = { queues: ["default"], limit: 10, turns: 10 };
/** Refuses at the fetch who is too many. */
const strict = turn({ whenFull: "refuse" });
const rated = turn({
  key: "rate",
  until: "fetched",
  whenFull: "refuse",
  rate: { to: 1, seconds: 1_000, burst: 1 },
});

describe.skipIf(missing("redis"))("jobs of an exchange whose answer was lost", () => {
  let server: RedisServer;
  let control: Redis;

  beforeAll(async () => {
    server = await RedisServer.start();
    control = new Redis(server.url);
  });

  beforeEach(() => control.flushall());

  afterAll(async () => {
    control.disconnect();
    await server.dispose();
  });

  it.each([
    ["a turn", strict, "k"],
    ["a token", rated, "rate"],
  ])("are to be discarded if they lacked %s", async (_what, hold, key) => {
    const { adapter, lease, fetchUnheard } = await start();
    await adapter.enqueue([entry("a", [hold]), entry("b", [hold]), entry("c")]);

    await fetchUnheard();
    const jobs = await all(lease);

    expect(namesOf(jobs)).toEqual(["a", "b", "c"]);
    expect(jobs.map(({ refusedBy }) => refusedBy)).toEqual([undefined, key, undefined]);
    await lease.settle(...jobs.map((job) => (job.refusedBy ? ended(job, "discarded") : done(job))));
    expect(await control.exists("mandate:holds")).toBe(0);
  });

  it("are to be discarded if they had expired", async () => {
    const { adapter, lease, fetchUnheard } = await start();
    await adapter.enqueue([{ ...entry("a", [turn()]), expiresAt: 1 }, entry("b", [turn()])]);

    await fetchUnheard();
    const jobs = await all(lease);

    expect(jobs.map(({ expired }) => expired)).toEqual([true, undefined]);
    await lease.settle(...jobs.map((job) => (job.expired ? ended(job, "expired") : done(job))));
    expect(await holdersOf(adapter.holds)).toEqual([]);
  });

  it.each(["is given back", "is lost with its worker"])(
    "are looked at anew where one of them %s",
    async (how) => {
      const { adapter, lease, fetchUnheard } = await start();
      const open = unique({ key: "until then", until: "fetched" });
      await adapter.enqueue([entry("a", [strict]), entry("b", [strict, open])]);
      await fetchUnheard();
      const [first, second] = await all(lease);

      if (how === "is given back") {
        await lease.settle(done(first!), { kind: "release", job: second!, jid: jid("b") });
      } else {
        await lease.settle(done(first!));
        await control.zadd("mandate:leases", 0, IDENTITY);
        await adapter.recover();
      }
      const other = await TestLease.open(adapter, { identity: "host:2:bbbbbbbbbbbb", ttl: 60 });
      onTestFinished(() => other.close());
      const [again] = await all(other);

      expect(again?.refusedBy).toBeUndefined();
      expect(await holdersOf(adapter.holds)).toEqual(["b"]);
    },
  );

  async function start(): Promise<{
    adapter: RedisAdapter;
    lease: TestLease;
    fetchUnheard: () => Promise<void>;
  }> {
    const proxy = await TcpProxy.start(server.port);
    const adapter = new RedisAdapter({ url: proxy.url, logger: silentLogger, leaseThread: false });
    const lease = await TestLease.open(adapter, { identity: IDENTITY, ttl: 60 });
    onTestFinished(async () => {
      await lease.close().catch(() => undefined);
      await adapter.close();
      await proxy.close();
    });
    // So that the server knows the script: one that it does not know is sent again.
    await lease.exchange([], REQUEST);
    const fetchUnheard = async (): Promise<void> => {
      proxy.loseReplies((request) => request.includes(IDENTITY));
      await expect(lease.exchange([], REQUEST)).rejects.toBeInstanceOf(AdapterError);
      expect(proxy.lost).toBe(1);
      proxy.mend();
    };
    return { adapter, lease, fetchUnheard };
  }
});

/** By their names; tried until the connection is back. */
async function all(lease: TestLease): Promise<readonly FetchedJob[]> {
  for (;;) {
    const answer = await lease.exchange([], REQUEST).catch(() => undefined);
    if (answer !== undefined) {
      return answer.jobs.toSorted((a, b) => nameOf(a.payload).localeCompare(nameOf(b.payload)));
    }
  }
}

function entry(name: string, holds?: readonly Hold[]): Entry {
  const job = { jid: jid(name), queue: "default", payload: payloadOf(name) };
  return holds === undefined ? job : { ...job, holds };
}
