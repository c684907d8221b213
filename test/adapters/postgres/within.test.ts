import { Command, configure } from "mandate";
import { startWorker } from "mandate/worker";
import type pg from "pg";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PostgresAdapter } from "../../../src/adapters/postgres/postgres-adapter.ts";
import { completeWithin } from "../../../src/adapters/postgres/within/complete-within.ts";
import { deferWithin } from "../../../src/adapters/postgres/within/within.ts";
import type { Entry, Lease } from "../../../src/adapters/adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { needsNode } from "../../support/needs-node.ts";
import { libraries, type Library } from "../../orm/transaction/libraries.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { missing } from "../../support/requires.ts";
import { freshSchema, sharedPool } from "./postgres-store.ts";

function entry(jid: string, more: Partial<Entry> = {}): Entry {
  const payload = JSON.stringify({ class: "X", args: [], jid, queue: "default" });
  return { jid, queue: "default", payload, ...more };
}

function resolvable(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve: () => resolve() };
}

async function leaseOf(
  adapter: PostgresAdapter,
  onWork: () => void = () => undefined,
): Promise<Lease> {
  return adapter.lease({
    identity: `host:1:${Math.random().toString(16).slice(2)}`,
    ttl: 60,
    info: { hostname: "host", pid: 1, tag: "", startedAt: 0, concurrency: 1, queues: [["*", 1]] },
    state: () => ({ quiet: false, busy: 0 }),
    onWork,
    onDue: () => undefined,
  });
}

describe.skipIf(missing("postgres"))("deferring within a transaction", () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  let sql: postgres.Sql;
  let adapter: PostgresAdapter;

  beforeAll(async () => {
    server = await PostgresServer.start();
    pool = sharedPool(server.url);
    sql = postgres(server.url, { max: 4, onnotice: () => undefined });
  });
  afterAll(async () => {
    await sql.end();
    await pool.end();
    await server.dispose();
  });
  beforeEach(() => {
    adapter = new PostgresAdapter({ pool, schema: freshSchema(), logger: silentLogger });
  });
  afterEach(() => adapter.close());

  describe.each(Object.entries(libraries))("of %s", (_name, { node = 20, open }) => {
    const isOld = needsNode(node);
    let library: Library;
    beforeAll(async () => {
      if (!isOld) library = await open(server.url);
    });
    afterAll(() => library?.close());

    const inTransaction = (work: (tx: unknown) => Promise<void>): Promise<unknown> =>
      library.transaction(work);

    it.skipIf(isOld)(
      "makes the job part of it: there once it is committed, and not before",
      async () => {
        await adapter.migrate();

        await inTransaction(async (tx) => {
          await deferWithin(tx, () => adapter.enqueue([entry("a"), entry("later", { delay: 60 })]));

          expect(await adapter.status("a")).toBe("unknown");
        });

        expect(await adapter.status("a")).toBe("enqueued");
        expect(await adapter.status("later")).toBe("scheduled");
      },
    );

    it.skipIf(isOld)("leaves nothing where that is rolled back", async () => {
      await adapter.migrate();
      const rolledBack = inTransaction(async (tx) => {
        await deferWithin(tx, () => adapter.enqueue([entry("a"), entry("b", { prereqs: ["a"] })]));
        throw new Error("rolled back");
      });

      await expect(rolledBack).rejects.toThrow("rolled back");
      expect(await adapter.status("a")).toBe("unknown");
      expect(await adapter.releaseBlocked()).toBe(0);
    });

    it.skipIf(isOld)(
      "takes in what waits for others, or needs a key, once it is committed",
      async () => {
        await adapter.migrate();
        const hold = { key: "k", from: "enqueue", until: "finished", whenFull: "refuse" } as const;

        await inTransaction(async (tx) => {
          await deferWithin(tx, () =>
            adapter.enqueue([
              entry("a"),
              entry("b", { prereqs: ["a"] }),
              entry("unique", { holds: [hold] }),
              entry("second", { holds: [hold] }),
            ]),
          );
        });
        await adapter.releaseBlocked();

        expect(await adapter.status("b")).toBe("blocked");
        expect(await adapter.status("unique")).toBe("enqueued");
        expect(await adapter.status("second")).toBe("unknown");
      },
    );

    it.skipIf(isOld)(
      "holds up nobody else, in a queue that is new, as long as it is open",
      async () => {
        await adapter.migrate();

        await inTransaction(async (tx) => {
          await deferWithin(tx, () =>
            adapter.enqueue([entry("a"), entry("b", { prereqs: ["x"] })]),
          );
          await adapter.enqueue([entry("c"), entry("d", { prereqs: ["c"] })]);

          expect(await adapter.status("c")).toBe("enqueued");
        });

        expect(await adapter.status("a")).toBe("enqueued");
      },
    );

    it.skipIf(isOld)("wakes workers at the commit", async () => {
      await adapter.migrate();
      let tell: () => void = () => undefined;
      const told = new Promise<void>((resolve) => (tell = resolve));
      const lease = await leaseOf(adapter, () => tell());

      await inTransaction(async (tx) => {
        await deferWithin(tx, () => adapter.enqueue([entry("a")]));
      });

      await told;
      const { jobs } = await lease.exchange([], { queues: ["default"], limit: 1 });
      expect(jobs).toHaveLength(1);
      await lease.close();
    });

    it.skipIf(isOld)("completes a job with it, once", async () => {
      await adapter.enqueue([entry("a")]);
      const lease = await leaseOf(adapter);
      const { jobs } = await lease.exchange([], { queues: ["default"], limit: 1 });

      await inTransaction((tx) => completeWithin(tx, "a"));
      const again = inTransaction((tx) => completeWithin(tx, "a"));
      await expect(again).rejects.toThrow(/duplicate key|Failed query|23505|Validation error/);
      await lease.exchange([
        { kind: "retry", job: jobs[0]!, jid: "a", queue: "default", payload: "{}", at: 0 },
      ]);

      expect(await adapter.store.size({ set: "retry" })).toBe(0);
      expect(await adapter.store.running()).toEqual([]);
      await lease.close();
    });

    it.skipIf(isOld)(
      "does not run a job again that was completed before its worker died",
      async () => {
        await adapter.enqueue([entry("a")]);
        const lease = await leaseOf(adapter);
        await lease.exchange([], { queues: ["default"], limit: 1 });

        await inTransaction((tx) => completeWithin(tx, "a"));
        await lease.giveUp?.();
        await adapter.recover();

        expect(await adapter.store.size({ queue: "default" })).toBe(0);
        expect(await adapter.store.running()).toEqual([]);
      },
    );
  });

  it("is refused where no transaction is open", async () => {
    for (const none of [pool, sql, {}, undefined]) {
      await expect(deferWithin(none, () => "done")).rejects.toThrow(
        /^Cannot use what was given as a transaction: it is .* Pass /,
      );
    }
  });

  it("says so where a job is deferred after the function has ended", async () => {
    await adapter.migrate();
    let late: (() => Promise<unknown>) | undefined;

    await sql.begin((tx) =>
      deferWithin(tx, async () => {
        const { AsyncResource } = await import("node:async_hooks");
        late = AsyncResource.bind(() => adapter.enqueue([entry("late")]));
      }),
    );

    await expect(late?.()).rejects.toThrow(
      "Cannot enqueue jobs: the function that was given to deferWithin has ended. Await in it whatever defers",
    );
  });

  it("says why a job is not accepted there", async () => {
    await adapter.migrate();

    const refused = sql.begin((tx) => deferWithin(tx, () => adapter.enqueue([entry("a\0b")])));

    await expect(refused).rejects.toThrow(
      "Cannot enqueue jobs within a transaction: Postgres answered 22P05",
    );
  });

  it("completes the job that runs, and none where none does", async () => {
    configure({ adapter, logger: silentLogger });
    const { promise, resolve } = resolvable();
    class Complete extends Command.initializeWith(() => ({})) {
      async call(): Promise<void> {
        await sql.begin((tx) => completeWithin(tx));
        resolve();
      }
    }
    const job = await Complete.defer();
    const worker = await startWorker({ concurrency: 1 });
    await promise;
    await worker.stop();

    expect(await job.status()).toBe("finished");
    await expect(sql.begin((tx) => completeWithin(tx))).rejects.toThrow(
      "Cannot complete a job within this transaction: no job runs here. Call it in a job's call()",
    );
  });

  it("completes no job that nobody here runs", async () => {
    await adapter.migrate();

    await expect(sql.begin((tx) => completeWithin(tx, "unknown"))).rejects.toThrow(
      "Cannot complete job unknown within this transaction: no worker of this process holds it in Postgres. Roll it back",
    );
  });
});
