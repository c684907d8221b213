import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Connection } from "../../../../src/adapters/redis/connection/connection.ts";
import { overdueDeadScript, trimDead } from "../../../../src/adapters/redis/kept/dead.ts";
import { keysUnder, type Keys } from "../../../../src/adapters/redis/keys.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { exchangeScript } from "../../../../src/adapters/redis/leases/exchange-script.ts";
import {
  adoptScript,
  closeLeaseScript,
  type Held,
  openLeaseScript,
  renewLeaseScript,
} from "../../../../src/adapters/redis/leases/lease-scripts.ts";
import type { Script } from "../../../../src/adapters/redis/scripts/script.ts";
import { ScriptRunner } from "../../../../src/adapters/redis/scripts/script-runner.ts";
import { removeScript } from "../../../../src/adapters/redis/waiting/remove-script.ts";
import { Owners } from "../../../../src/adapters/redis/payloads/owners.ts";
import { StoreSettings } from "../../../../src/adapters/store-settings.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { jid, payloadOf } from "../../../../src/adapter-contract/jobs.ts";

const CALLERS = 8;
const JOBS = 40;
const IDENTITY = "host:1:aaaaaaaaaaaa";
const BEAT = {
  ttl: 60,
  shown: "{}",
  info: "{}",
  concurrency: 5,
  busy: 0,
  quiet: false,
  roundTrip: 0,
  memory: 0,
};
const RENEWAL = { identity: IDENTITY, beat: BEAT, running: undefined };
/** As many as are kept. */
const KEPT = 10_000;

describe.skipIf(missing("redis"))("a lease's scripts, with many callers at once", () => {
  let server: RedisServer;
  let redis: Redis;
  let callers: Connection[];
  let keys: Keys;
  let stores = 0;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
    callers = await Promise.all(
      Array.from({ length: CALLERS }, () => Connection.open({ url: server.url }, "caller")),
    );
  });

  afterAll(async () => {
    callers.forEach((caller) => caller.close());
    redis.disconnect();
    await server.dispose();
  });

  beforeEach(async () => {
    stores += 1;
    keys = keysUnder(`lease${stores}:`);
    await run(openLeaseScript, { identity: IDENTITY, ttl: 60, shown: "{}", served: [] });
  });

  it("close: gives each job back once", async () => {
    await enqueue(JOBS);
    await run(exchangeScript, exchange(1, JOBS));

    const returned = await all((send) => send(closeLeaseScript, { identity: IDENTITY }));

    expect(returned.toSorted((a, b) => b - a)).toEqual([JOBS, ...Array(CALLERS - 1).fill(0)]);
    expect(await redis.llen(keys.queue("default"))).toBe(JOBS);
  });

  it("renew: brings no lease back to life that was closed meanwhile", async () => {
    const renewals = await all<unknown>((send, index) =>
      index === 3
        ? send(closeLeaseScript, { identity: IDENTITY })
        : send(renewLeaseScript, RENEWAL),
    );
    const late = await all((send) => send(renewLeaseScript, RENEWAL));

    expect(renewals).toHaveLength(CALLERS);
    expect(late).toEqual(Array(CALLERS).fill(undefined));
    expect(await redis.keys(`${keys.prefix}*`)).toEqual([]);
  });

  it("renew: hands a signal to one", async () => {
    await redis.lpush(keys.signals(IDENTITY), "TSTP");

    const renewals = await all((send) => send(renewLeaseScript, RENEWAL));

    const signals = renewals.map((renewed) => renewed?.signal ?? "none");
    expect(signals.toSorted()).toEqual([...Array(CALLERS - 1).fill(""), "TSTP"]);
  });

  it("adopt: refuses each exchange that comes after it, and tells of all that came before", async () => {
    await enqueue(JOBS);

    // In whichever order they arrive: as if each had been on its way when its connection broke.
    let adopted: ReadonlyMap<string, Held> | undefined;
    const exchanged = await all(async (send, index) => {
      if (index === 4) {
        adopted = await send(adoptScript, { identity: IDENTITY, number: 100 });
        return undefined;
      }
      return send(exchangeScript, exchange(index + 1, 5));
    });
    const afterwards = await run(exchangeScript, exchange(99, 5));

    const done = exchanged.filter((answer) => typeof answer === "object");
    const fetched = done.length * 5;
    expect(done.length + exchanged.filter((answer) => answer === "late").length).toBe(CALLERS - 1);
    expect(adopted?.size).toBe(fetched);
    expect(afterwards).toBe("late");
    expect(await redis.llen(keys.queue("default"))).toBe(JOBS - fetched);
  });

  it("overdue-dead: leaves as many as are to be kept", async () => {
    const tooMany = Array.from({ length: KEPT + JOBS }, (_, index) => [
      Date.now() / 1000 - 1_000_000 + index,
      payloadOf(`n${index}`),
    ]);
    await redis.zadd(keys.dead, ...tooMany.flat());

    await Promise.all(
      callers.map((connection) => {
        const command: Connection["command"] = (...args) => connection.command(...args);
        const owners = new Owners({ command }, keys);
        return trimDead({
          keys,
          owners,
          logger: silentLogger,
          command,
          run: sender(connection),
          settings: new StoreSettings("RedisAdapter"),
        } as Parameters<typeof trimDead>[0]);
      }),
    );

    expect(await redis.zcard(keys.dead)).toBe(KEPT);
    expect(await redis.zscore(keys.dead, payloadOf(`n${JOBS - 1}`))).toBeNull();
    expect(await redis.zscore(keys.dead, payloadOf(`n${JOBS}`))).not.toBeNull();
  });

  it("run again after SCRIPT FLUSH", async () => {
    await enqueue(1);
    const forgotten: typeof run = async (script, input) => {
      await redis.script("FLUSH");
      return run(script, input);
    };

    const renewed = await forgotten(renewLeaseScript, RENEWAL);
    const exchanged = await forgotten(exchangeScript, exchange(1, 5));
    const adopted = await forgotten(adoptScript, { identity: IDENTITY, number: 2 });
    const overdue = await forgotten(overdueDeadScript, { seconds: 1, count: KEPT, limit: 500 });
    const removed = await forgotten(removeScript, {
      place: "dead",
      to: "r",
      within: undefined,
      jobs: [],
    });
    const returned = await forgotten(closeLeaseScript, { identity: IDENTITY });

    expect(renewed).toEqual({ signal: "", isFull: false });
    expect(exchanged).toMatchObject({
      milliseconds: expect.stringMatching(/^\d+$/),
      fetched: [{ queue: "default", lane: "", payloads: [expect.any(String)] }],
      refused: [],
      isCut: false,
    });
    expect([...(adopted ?? [])]).toEqual([
      [
        expect.stringMatching(/^1:000:\d+:default$/),
        { bytes: expect.any(Number), unheld: undefined },
      ],
    ]);
    expect(overdue).toEqual([]);
    expect(removed).toEqual({ count: 0, missed: [] });
    expect(returned).toBe(1);
  });

  type Send = <Input, Output>(script: Script<Input, Output>, input: Input) => Promise<Output>;

  function run<Input, Output>(script: Script<Input, Output>, input: Input): Promise<Output> {
    return sender(callers[0] as Connection)(script, input);
  }

  /** Each caller sends what is made for it, all before the first is answered. */
  function all<Output>(ask: (send: Send, index: number) => Promise<Output>): Promise<Output[]> {
    return Promise.all(callers.map((caller, index) => ask(sender(caller), index)));
  }

  function sender(caller: Connection): Send {
    const runner = new ScriptRunner(keys, { timestamps: "seconds" });
    return (script, input) => runner.run(caller, script, input);
  }

  function exchange(number: number, limit: number): Parameters<typeof exchangeScript.encode>[0] {
    return {
      identity: IDENTITY,
      number,
      limit,
      request: { limit, queues: ["default"] },
      hasOffer: false,
      takesMore: false,
      outcomes: [0, 0, "2026-01-01", 0, 0],
    };
  }

  async function enqueue(count: number): Promise<void> {
    const adapter = new RedisAdapter({ url: server.url, keyPrefix: keys.prefix });
    await adapter.enqueue(
      Array.from({ length: count }, (_, index) => {
        const name = `n${index}`;
        return { jid: jid(name), queue: "default", payload: payloadOf(name) };
      }),
    );
    await adapter.close();
  }
});
