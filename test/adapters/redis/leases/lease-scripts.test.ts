import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Connection } from "../../../../src/adapters/redis/connection/connection.ts";
import { trimDead } from "../../../../src/adapters/redis/kept/dead.ts";
import { keysUnder, type Keys } from "../../../../src/adapters/redis/keys.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { runScript, type Script } from "../../../../src/adapters/redis/scripts/script.ts";
import {
  adoptScript,
  closeLeaseScript,
  exchangeScript,
  openLeaseScript,
  overdueDeadScript,
  removeScript,
  renewLeaseScript,
} from "../../../../src/adapters/redis/scripts/scripts.ts";
import { Owners } from "../../../../src/adapters/redis/payloads/owners.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { jid, payloadOf } from "../../../../src/adapter-contract/jobs.ts";

const CALLERS = 8;
const JOBS = 40;
const IDENTITY = "host:1:aaaaaaaaaaaa";
const BEAT = ["{}", "{}", 5, 0, "false", 0, 0, "all"];
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
    await run(openLeaseScript, [IDENTITY, 60, "{}"]);
  });

  it("close: gives each job back once", async () => {
    await enqueue(JOBS);
    await fetch(1);

    const returned = await all<number>(() => [closeLeaseScript, [IDENTITY]]);

    expect(returned.toSorted((a, b) => b - a)).toEqual([JOBS, ...Array(CALLERS - 1).fill(0)]);
    expect(await redis.llen(keys.queue("default"))).toBe(JOBS);
  });

  it("renew: brings no lease back to life that was closed meanwhile", async () => {
    const renewals = await all<[number]>((index) =>
      index === 3 ? [closeLeaseScript, [IDENTITY]] : [renewLeaseScript, [IDENTITY, 60, ...BEAT]],
    );
    const late = await all<[number]>(() => [renewLeaseScript, [IDENTITY, 60, ...BEAT]]);

    expect(renewals).toHaveLength(CALLERS);
    expect(late).toEqual(Array(CALLERS).fill([0]));
    expect(await redis.keys(`${keys.prefix}*`)).toEqual([]);
  });

  it("renew: hands a signal to one", async () => {
    await redis.lpush(keys.signals(IDENTITY), "TSTP");

    const renewals = await all<[number, string]>(() => [renewLeaseScript, [IDENTITY, 60, ...BEAT]]);

    const signals = renewals.map(([, signal]) => signal);
    expect(signals.toSorted()).toEqual([...Array(CALLERS - 1).fill(""), "TSTP"]);
  });

  it("adopt: refuses each exchange that comes after it, and tells of all that came before", async () => {
    await enqueue(JOBS);

    // In whichever order they arrive: as if each had been on its way when its connection broke.
    const answers = await all<[string, ...unknown[]]>((index) =>
      index === 4 ? [adoptScript, [IDENTITY, 100]] : exchange(index + 1, 5),
    );
    const afterwards = await run<[string]>(...exchange(99, 5));

    const exchanged = answers.filter((_, index) => index !== 4);
    const fetched = exchanged.filter(([state]) => state === "ok").length * 5;
    const [state, ...adopted] = answers[4] ?? [];
    expect(state).toBe("ok");
    expect(adopted.length / 2).toBe(fetched);
    expect(exchanged.filter(([each]) => each !== "ok" && each !== "late")).toEqual([]);
    expect(afterwards).toEqual(["late"]);
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
          run: (script, args) => runScript(connection, { script, keys, args }),
        } as Parameters<typeof trimDead>[0]);
      }),
    );

    expect(await redis.zcard(keys.dead)).toBe(KEPT);
    expect(await redis.zscore(keys.dead, payloadOf(`n${JOBS - 1}`))).toBeNull();
    expect(await redis.zscore(keys.dead, payloadOf(`n${JOBS}`))).not.toBeNull();
  });

  it("run again after SCRIPT FLUSH", async () => {
    await enqueue(1);
    const answers: unknown[] = [];

    for (const [script, args] of [
      [renewLeaseScript, [IDENTITY, 60, ...BEAT]],
      exchange(1, 5),
      [adoptScript, [IDENTITY, 2]],
      [overdueDeadScript, [1, KEPT, 500]],
      [removeScript, ["dead", "", "", ""]],
      [closeLeaseScript, [IDENTITY]],
    ] as const) {
      await redis.script("FLUSH");
      answers.push(await run(script, args));
    }

    expect(answers).toEqual([
      [1, "", 0],
      ["ok", ...(Array(8).fill(expect.anything()) as unknown[])],
      ["ok", expect.stringMatching(/^1:000:\d+:default$/), expect.any(Number)],
      [],
      [0],
      1,
    ]);
  });

  function run<Answer>(script: Script, args: readonly (string | number)[]): Promise<Answer> {
    return runScript<Answer>(callers[0] as Connection, { script, keys, args });
  }

  /** Each caller sends what is made for it, all before the first is answered. */
  function all<Answer>(
    make: (index: number) => readonly [Script, readonly (string | number)[]],
  ): Promise<Answer[]> {
    return Promise.all(
      callers.map((caller, index) => {
        const [script, args] = make(index);
        return runScript<Answer>(caller, { script, keys, args });
      }),
    );
  }

  function exchange(number: number, limit: number): [Script, (string | number)[]] {
    const nothingDone = [0, 0, "2026-01-01", 0, 0];
    return [exchangeScript, [IDENTITY, number, limit, 0, 0, 0, 1, 0, "default", ...nothingDone]];
  }

  async function fetch(number: number): Promise<void> {
    await run(...exchange(number, JOBS));
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
