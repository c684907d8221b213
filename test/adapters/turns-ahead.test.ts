import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Adapter, Entry, Lease } from "../../src/adapters/adapter.ts";
import type { Exchange, FetchedJob } from "../../src/adapters/fetching.ts";
import type { Hold } from "../../src/adapters/hold.ts";
import { PostgresAdapter } from "../../src/adapters/postgres/postgres-adapter.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { PostgresServer } from "../support/postgres-server.ts";
import { missing } from "../support/requires.ts";
import { freshSchema } from "./postgres/postgres-store.ts";
import { createStore } from "./sqlite/sqlite-store.ts";

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
  holds,
});
const jidOf = ({ payload }: FetchedJob): string => (JSON.parse(payload) as { jid: string }).jid;
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, at) => `job${from + at}`);

describe.each(["sqlite", "postgres"])("on %s", (store) => {
  const isMissing = store === "postgres" && missing("postgres");
  describe.skipIf(isMissing)("turns that a key has in plenty", () => {
    let server: PostgresServer | undefined;
    let adapter: Adapter;
    let lease: Lease;
    let dispose: () => Promise<void>;

    beforeAll(async () => {
      server = store === "postgres" ? await PostgresServer.start() : undefined;
    });
    afterAll(() => server?.dispose());
    beforeEach(async () => {
      if (server === undefined) {
        const made = await createStore();
        ({ adapter } = made);
        ({ dispose } = made);
      } else {
        const made = new PostgresAdapter({
          connectionString: server.url,
          schema: freshSchema(),
          logger: silentLogger,
        });
        adapter = made;
        dispose = () => made.close();
      }
      lease = await adapter.lease({
        identity: "host:1:a",
        ttl: 60,
        info: { hostname: "", pid: 1, tag: "", startedAt: 1.5, concurrency: 1, queues: [["*", 1]] },
        state: () => ({ quiet: false, busy: 0 }),
        onWork: () => undefined,
        onDue: () => undefined,
      });
    });
    afterEach(() => dispose());

    const add = (from: number, to: number, ...holds: readonly Hold[]): Promise<unknown> =>
      adapter.enqueue(numbered(from, to).map((jid) => entry(jid, ...holds)));
    const ask = (most: number, turns: number): Promise<Exchange> =>
      lease.exchange([], { queues: ["default"], limit: most, turns });
    const heldOf = async (key: string): Promise<number | undefined> =>
      (await adapter.holds?.read([key]))?.[0]?.held;

    it("are taken ahead, up to three quarters of them", async () => {
      await add(0, 700, limit("k", { to: 600 }));

      const all = [await ask(300, 1), await ask(200, 1), await ask(200, 0), await ask(200, 2)];

      expect(all.map(({ jobs }) => jobs.length)).toEqual([300, 151, 0, 2]);
      expect(all.map(({ wantsTurn }) => wantsTurn)).toEqual([false, true, true, true]);
      expect(await heldOf("k")).toBe(453);
    });

    it("leave the jobs in their order, whatever keys they need", async () => {
      await add(0, 64, limit("other", { to: 600 }));
      await add(64, 70);
      await add(70, 270, limit("k", { to: 240 }), limit("other", { to: 600 }));

      const ahead = await ask(250, 0);
      const next = await ask(10, 10);

      expect(ahead.jobs.map(jidOf)).toEqual(numbered(0, 70 + 140));
      expect(next.jobs.map(jidOf)).toEqual(numbered(210, 220));
      expect([await heldOf("k"), await heldOf("other")]).toEqual([150, 64 + 150]);
    });

    it("are given back with what is released, and with what is done", async () => {
      await add(0, 150, limit("k", { to: 600, seconds: 60 }));
      const { jobs } = await ask(150, 1);

      await lease.exchange(
        jobs.map((job, at) => ({ kind: at < 70 ? "done" : "release", job, jid: jidOf(job) })),
      );
      const again = await ask(150, 1);

      expect(jobs).toHaveLength(150);
      expect(again.jobs.map(jidOf)).toEqual(numbered(70, 150));
      expect(await heldOf("k")).toBe(80);
    });

    it.for<[string, Hold]>([
      ["there are few", limit("k", { to: 90 })],
      [
        "a rate has tokens",
        limit("k", { until: "fetched", rate: { to: 9e3, seconds: 1, burst: 9e3 } }),
      ],
    ])("are not, where %s", async ([, hold]) => {
      await add(0, 150, hold);

      expect((await ask(100, 2)).jobs).toHaveLength(2);
    });

    it("are not for a job that lets go of another key as it is fetched", async () => {
      const unique: Hold = { key: "u", from: "enqueue", until: "fetched", whenFull: "refuse" };
      await adapter.enqueue([
        entry("a", limit("k", { to: 600 }), unique),
        entry("b", limit("k", { to: 600 })),
      ]);

      const { jobs, wantsTurn } = await ask(10, 0);

      expect([jobs.length, wantsTurn]).toEqual([0, true]);
    });

    it.for([5, 40])("come to those that waited, as they stood in the queue: %i", async (to) => {
      await add(0, 300, limit("k", { to }));
      const first = await ask(50, 50);
      await ask(50, 50);
      await ask(50, 50);
      await ask(50, 50);
      await add(300, 301);

      const next = await lease.exchange(
        first.jobs.map((job) => ({ kind: "done", job, jid: jidOf(job) })),
        { queues: ["default"], limit: 50, turns: 50 },
      );

      expect(first.jobs.map(jidOf)).toEqual(numbered(0, to));
      expect(first.parked).toHaveLength(100);
      expect(next.jobs.map(jidOf)).toEqual([...numbered(to, 2 * to), "job300"]);
      expect(next.unparked?.map(({ jid }) => jid)).toEqual(numbered(to, 2 * to));
      const [key] = (await adapter.holds?.read(["k"])) ?? [];
      expect(key).toMatchObject({ held: to, waiting: 300 - 2 * to });
    });
  });
});
