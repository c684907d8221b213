import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processes, quietProcess, running, stats, stopProcess } from "mandate";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { RubySide } from "../ruby-side.ts";

interface RecordedKey {
  readonly key: string;
  readonly type: string;
  readonly members?: readonly string[];
  readonly fields?: Readonly<Record<string, string>>;
}

interface Recording {
  readonly cases: Readonly<Record<string, { readonly jid: string }>>;
  readonly snapshots: readonly { readonly label: string; readonly keys: readonly RecordedKey[] }[];
}

function recorded(version: string, name = "process"): Recording {
  const file = new URL(`../../../fixtures/wire/sidekiq-${version}/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Recording;
}

const processKeys = (keys: readonly RecordedKey[]): readonly RecordedKey[] =>
  keys.filter(({ key, type }) => key === "processes" || type === "hash");

describe.skipIf(missing("redis"))("Sidekiq's processes", () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server?.dispose());

  /** Writes what a Sidekiq wrote. */
  async function replay({ snapshots }: Recording, label: string): Promise<RubySide> {
    const ruby = new RubySide(server);
    const snapshot = snapshots.find((each) => each.label === label);
    for (const { key, members = [], fields = {} } of processKeys(snapshot!.keys)) {
      await (key === "processes"
        ? ruby.redis.sadd(key, ...members)
        : ruby.redis.hset(key, { ...fields }));
    }
    return ruby;
  }

  it.each([
    ["6.4.1", {}],
    ["7.3.10", { version: "7.3.10" }],
    ["8.1.7", { version: "8.1.7", tag: "ruby" }],
  ])("of version %s are listed with what they run", async (version, said) => {
    const recording = recorded(version);
    const { adapter } = await replay(recording, "busy with two jobs");

    const [process, ...others] = await processes(adapter);
    const jobs = await running(adapter);

    expect(others).toEqual([]);
    expect(process).toEqual({
      identity: expect.stringMatching(/^vm:\d+:[0-9a-f]{12}$/) as string,
      library: "sidekiq",
      hostname: "vm",
      pid: expect.any(Number) as number,
      tag: "",
      labels: [],
      startedAt: expect.closeTo(1_795_298_200, -3) as number,
      concurrency: 3,
      queues: [
        ["critical", 0],
        ["default", 0],
        ["low", 0],
      ],
      busy: 2,
      quiet: false,
      rss: expect.closeTo(40_000 * 1024, -7) as number,
      seenAt: expect.closeTo(1_795_298_200, -3) as number,
      ...said,
    });
    expect(new Set(jobs.map(({ id }) => id))).toEqual(
      new Set(Object.values(recording.cases).map(({ jid }) => jid)),
    );
    expect(jobs.map(({ className }) => className).toSorted()).toEqual([
      "Interop::Sleep",
      "SleepWorker",
    ]);
    for (const { identity, library, queueName, startedAt } of jobs) {
      expect([identity, library, queueName]).toEqual([process?.identity, "sidekiq", "default"]);
      expect(Number(startedAt) / 1000 - process!.startedAt).toBeCloseTo(0, -1);
    }
    expect(await stats(adapter)).toMatchObject({ processes: 1, running: 2 });
  });

  it("are told with weights where they have some", async () => {
    const { adapter } = await replay(recorded("8.1.7", "process_weighted"), "idle");

    expect(await processes(adapter)).toMatchObject([
      {
        queues: [
          ["critical", 3],
          ["default", 2],
          ["low", 1],
        ],
      },
    ]);
  });

  it("are listed beside ours, and are none of ours where only those count", async () => {
    const ruby = await replay(recorded("8.1.7"), "busy with two jobs");
    const { identity } = await ruby.lease();

    expect((await processes(ruby.adapter)).map(({ library }) => library)).toEqual([
      "mandate",
      "sidekiq",
    ]);
    expect((await ruby.adapter.store.workers()).map((each) => each.identity)).toEqual([identity]);
    expect(await ruby.adapter.store.running()).toEqual([]);
  });

  it("are asked through Sidekiq's own list of signals", async () => {
    const { adapter, redis } = await replay(recorded("8.1.7"), "busy with two jobs");
    const [{ identity } = { identity: "" }] = await processes(adapter);

    expect([await quietProcess(identity, adapter), await stopProcess(identity, adapter)]).toEqual([
      true,
      true,
    ]);

    expect(await redis.lrange(`${identity}-signals`, 0, -1)).toEqual(["TERM", "TSTP"]);
    expect(await redis.ttl(`${identity}-signals`)).toBeGreaterThan(0);
  });

  it("are not asked where they are gone, or part of a program that does not listen", async () => {
    const { adapter, redis } = new RubySide(server);
    await redis.sadd("processes", "gone:1:a", "puma:1:a");
    await redis.hset("puma:1:a", "info", JSON.stringify({ embedded: true }));

    expect(await processes(adapter)).toMatchObject([{ identity: "puma:1:a", embedded: true }]);
    expect([
      await stopProcess("gone:1:a", adapter),
      await stopProcess("puma:1:a", adapter),
    ]).toEqual([false, false]);
    expect(await redis.exists("gone:1:a-signals", "puma:1:a-signals")).toBe(0);
  });

  it("are not taken for gone where they may not be read", async () => {
    const { adapter, redis } = await replay(recorded("8.1.7"), "busy with two jobs");

    await redis.call("ACL", "SETUSER", "default", "-hkeys");
    const listing = processes(adapter);
    await expect(listing).rejects.toThrow(/NOPERM/);
    await redis.call("ACL", "SETUSER", "default", "+hkeys");

    expect(await processes(adapter)).toHaveLength(1);
  });

  it("break no listing with what they say", async () => {
    const { adapter, redis } = new RubySide(server);
    const infos = {
      broken: "{",
      none: "null",
      deep: `{"concurrency":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
      number: "7",
      list: "[1]",
      odd: JSON.stringify({
        hostname: 1,
        pid: "x",
        tag: {},
        labels: [1, "a"],
        queues: [null, "q"],
      }),
      far: '{"started_at":1e300,"concurrency":-1,"weights":[null,3,{"q":"x"}],"capsules":{"a":null}}',
    };
    for (const [name, info] of Object.entries(infos)) {
      await redis.hset(name, "info", info, "busy", "many", "rss", "1e999", "beat", "soon");
    }
    await redis.hset("odd:work", {
      broken: "{",
      none: "null",
      text: '"text"',
      nowhere: JSON.stringify({ queue: {}, payload: 3, run_at: "now" }),
      far: JSON.stringify({ queue: "q", payload: "{", run_at: 1e300 }),
      object: JSON.stringify({
        queue: "q",
        payload: { jid: "a", class: "A" },
        run_at: 1_700_000_000,
      }),
    });
    await redis.set("far:work", "no hash");
    await redis.lpush("no hash", "either");
    await redis.sadd("processes", ...Object.keys(infos), "no hash");

    const found = await processes(adapter);
    const jobs = await running(adapter);

    expect(found.map(({ identity }) => identity)).toEqual(Object.keys(infos).toSorted());
    expect(found.find(({ identity }) => identity === "far")).toEqual({
      identity: "far",
      library: "sidekiq",
      hostname: "",
      pid: 0,
      tag: "",
      startedAt: 0,
      concurrency: 0,
      queues: [["q", 0]],
      busy: 0,
      quiet: false,
    });
    expect(found.find(({ identity }) => identity === "odd")).toMatchObject({
      pid: 0,
      labels: ["a"],
      queues: [["q", 0]],
    });
    expect(jobs).toHaveLength(5);
    expect(jobs.filter(({ id }) => id !== undefined)).toMatchObject([
      { id: "a", className: "A", queueName: "q", startedAt: new Date("2023-11-14T22:13:20Z") },
    ]);
    expect(jobs.map(({ startedAt }) => startedAt.toISOString())).toHaveLength(5);
  });
});
