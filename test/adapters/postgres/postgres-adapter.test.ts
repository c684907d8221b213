import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Entry, Lease, Outcome } from "../../../src/adapters/adapter.ts";
import { AdapterError } from "../../../src/adapters/adapter-error.ts";
import { openDatabase } from "../../../src/adapters/postgres/connection/open-database.ts";
import { PostgresAdapter } from "../../../src/adapters/postgres/postgres-adapter.ts";
import type { PostgresOptions } from "../../../src/adapters/postgres/postgres-options.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { missing } from "../../support/requires.ts";
import { freshSchema, sharedPool } from "./postgres-store.ts";

function entry(jid: string, more: Partial<Entry> = {}): Entry {
  const payload = JSON.stringify({ class: "X", args: [], jid, queue: "default" });
  return { jid, queue: "default", payload, ...more };
}

describe("options of a PostgresAdapter", () => {
  it.each<[object, string]>([
    [{ url: "postgres://host" }, 'there is no option "url". Did you mean "connectionString"?'],
    [
      { connectionString: "postgres://host", pool: {} },
      "connectionString and pool both name a database. Give one of them",
    ],
    [{ schema: 'a"b' }, "schema must have 1 to 63 characters and no quotes, found"],
    [
      { connections: 1 },
      "connections must be an integer of at least 2 (one of them listens), found 1",
    ],
  ])("are refused where they are wrong: %j", (options, message) => {
    expect(() => new PostgresAdapter(options as PostgresOptions)).toThrow(
      `Cannot make a PostgresAdapter: ${message}`,
    );
  });

  it("say what to install where pg is not there", async () => {
    const load = (): Promise<never> => Promise.reject(new Error("Cannot find package 'pg'"));

    await expect(openDatabase({}, load)).rejects.toThrow(
      "Cannot open Postgres: the package pg cannot be loaded: Cannot find package 'pg'. " +
        "Install it (npm install pg), or give PostgresAdapter a pool, the sql of postgres.js, or a pglite",
    );
  });
});

describe.skipIf(missing("postgres"))("a PostgresAdapter", () => {
  let server: PostgresServer;
  let pool: pg.Pool;

  beforeAll(async () => {
    server = await PostgresServer.start();
    pool = sharedPool(server.url);
  });
  afterAll(async () => {
    await pool.end();
    await server.dispose();
  });

  it("leases no jobs for no time", async () => {
    const adapter = new PostgresAdapter({ pool, schema: freshSchema(), logger: silentLogger });
    const options = { identity: "host:1:none", ttl: 0 } as never;

    await expect(adapter.lease(options)).rejects.toThrow(
      "Cannot lease jobs for 0 seconds: expected a ttl above 0",
    );
    await adapter.close();
  });

  it("accepts nothing once it is closed", async () => {
    const adapter = new PostgresAdapter({ pool, schema: freshSchema(), logger: silentLogger });
    await adapter.close();

    await expect(adapter.enqueue([entry("a")])).rejects.toThrow(
      "Cannot accept jobs: this Postgres adapter is closed. Make a new one",
    );
  });

  function leaseOf(adapter: PostgresAdapter, onWork: () => void = () => undefined): Promise<Lease> {
    return adapter.lease({
      identity: `host:1:${Math.random().toString(16).slice(2)}`,
      ttl: 60,
      info: { hostname: "host", pid: 1, tag: "", startedAt: 0, concurrency: 1, queues: [["*", 1]] },
      state: () => ({ quiet: false, busy: 0 }),
      onWork,
      onDue: () => undefined,
    });
  }

  it("makes its schema with the first statement, whoever is first", async () => {
    const schema = freshSchema();
    const adapters = Array.from(
      { length: 4 },
      () => new PostgresAdapter({ pool, schema, logger: silentLogger }),
    );

    await Promise.all(adapters.map((adapter, index) => adapter.enqueue([entry(`a${index}`)])));

    expect(await adapters[0]!.store.size({ queue: "default" })).toBe(4);
    await Promise.all(adapters.map((adapter) => adapter.close()));
  });

  it("accepts jobs of any kind, and many, where a test's timers stand still", async () => {
    const adapter = new PostgresAdapter({ pool, schema: freshSchema(), logger: silentLogger });
    onTestFinished(() => adapter.close());
    await adapter.migrate();
    vi.useFakeTimers({ toFake: ["setImmediate"] });
    onTestFinished(() => void vi.useRealTimers());
    const hold = { key: "k", from: "enqueue", until: "finished", whenFull: "refuse" } as const;
    const many = Array.from({ length: 2_500 }, (_, index) => entry(`many-${index}`));

    await adapter.enqueue([entry("unique", { holds: [hold] })]);
    await adapter.enqueue(many);

    expect(await adapter.store.size({ queue: "default" })).toBe(many.length + 1);
  });

  it("says which command to run where it is not to make it", async () => {
    const adapter = new PostgresAdapter({ pool, schema: "none", autoMigrate: false });

    await expect(adapter.status("a")).rejects.toThrow(
      'Cannot use schema "none" of this database: there is none. Run mandate migrate, or leave out autoMigrate: false',
    );
    await adapter.close();
  });

  it("goes on with a later schema, unless that says that it cannot", async () => {
    const schema = freshSchema();
    const first = new PostgresAdapter({ pool, schema });
    await first.migrate();
    await pool.query(`INSERT INTO "${schema}".migration VALUES (2, 'later', false)`);
    const second = new PostgresAdapter({ pool, schema });
    await second.enqueue([entry("a")]);
    await pool.query(`INSERT INTO "${schema}".migration VALUES (3, 'breaking', true)`);
    const third = new PostgresAdapter({ pool, schema });

    await expect(third.status("a")).rejects.toThrow(
      `Cannot use schema "${schema}" of this database: it has version 3, which this version of mandate, ` +
        "that knows 1, cannot work with. Update mandate",
    );
    await expect(first.migrate()).rejects.toThrow(
      `Cannot migrate schema "${schema}" to version 1: it has version 3, and there is no way back. ` +
        "Restore a backup, or use another schema",
    );
    await Promise.all([first, second, third].map((adapter) => adapter.close()));
  });

  it("works by way of postgres.js, and is woken", async () => {
    const sql = postgres(server.url, { max: 4, onnotice: () => undefined });
    const schema = freshSchema();
    const adapter = new PostgresAdapter({ sql, schema, logger: silentLogger });
    const other = new PostgresAdapter({ pool, schema, logger: silentLogger });
    let tell: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (tell = resolve));
    const lease = await leaseOf(adapter, () => tell());

    await other.enqueue([entry("a"), entry("b", { remembered: true })]);
    await told;
    const { jobs } = await lease.exchange([], { queues: undefined, limit: 10 });
    const outcomes = jobs.map((job) => ({ kind: "done", job, jid: undefined }) as const);
    const { refused } = await lease.exchange(outcomes);

    expect(jobs).toHaveLength(2);
    expect(refused).toEqual([]);
    await lease.close();
    await Promise.all([adapter.close(), other.close()]);
    await sql.end();
  });

  it("makes one call of what is deferred at the same time, and one that fails is alone with it", async () => {
    const adapter = new PostgresAdapter({ pool, schema: freshSchema(), logger: silentLogger });
    await adapter.migrate();
    const names = Array.from({ length: 50 }, (_, index) => `job${index}`);

    const all = await Promise.allSettled(
      [...names, "a\0b"].map((name) => adapter.enqueue([entry(name)])),
    );

    expect(all.filter(({ status }) => status === "rejected")).toHaveLength(1);
    expect(await adapter.store.size({ queue: "default" })).toBe(50);
    await adapter.close();
  });

  it("finds work without being told", async () => {
    const options = { pool, schema: freshSchema(), logger: silentLogger, notify: false };
    const [adapter, other] = [new PostgresAdapter(options), new PostgresAdapter(options)];
    await adapter.migrate();
    let tell: () => void = () => undefined;
    const lease = await leaseOf(adapter, () => tell());
    await lease.exchange([], { queues: undefined, limit: 1 });

    await other.enqueue([entry("a")]);
    await new Promise<void>((resolve) => (tell = resolve));

    expect((await lease.exchange([], { queues: undefined, limit: 1 })).jobs).toHaveLength(1);
    await lease.close();
    await Promise.all([adapter.close(), other.close()]);
  });

  it("says what its server is like, and what is wrong with it", async () => {
    const adapter = new PostgresAdapter({ pool, schema: freshSchema(), logger: silentLogger });

    const facts = await adapter.store.facts();
    const findings = await adapter.store.findings();

    expect(facts).toMatchObject({ fsync: "off", database: "postgres" });
    expect(findings.map(({ problem }) => problem)).toEqual(["fsync-off", undefined, undefined]);
    await adapter.close();
  });

  it("says that a server does not answer, and that nothing was accepted", async () => {
    const adapter = new PostgresAdapter({
      connectionString: "postgres://postgres@127.0.0.1:1/postgres",
      logger: silentLogger,
    });

    await expect(adapter.enqueue([entry("a")])).rejects.toMatchObject({
      code: "MANDATE_ADAPTER",
      maybeAccepted: false,
    });
    // Nothing is heard then, and workers look.
    await adapter.notes.listen("a", () => undefined).ready;
    await adapter.close();
  });

  it("says which jobs were accepted before one that cannot be", async () => {
    const adapter = new PostgresAdapter({ pool, schema: freshSchema(), logger: silentLogger });
    const entries = Array.from({ length: 1_500 }, (_, index) => entry(`job${index}`));

    const failed: unknown = await adapter
      .enqueue([...entries, entry("a\0b")])
      .catch((error: unknown) => error);

    expect(failed).toBeInstanceOf(AdapterError);
    expect((failed as AdapterError).accepted).toHaveLength(1_000);
    expect(await adapter.store.size({ queue: "default" })).toBe(1_000);
    await adapter.close();
  });

  it("says what its role may not do", async () => {
    await pool.query("CREATE ROLE poor LOGIN");
    const connectionString = server.url.replace("postgres@", "poor@");
    const adapter = new PostgresAdapter({ connectionString, logger: silentLogger });

    await expect(adapter.migrate()).rejects.toThrow(
      'Cannot migrate schema "mandate": Postgres answered 42501: permission denied for database postgres',
    );
    await adapter.close();
  });

  it("gives up an enqueueing that is not answered in time, and says that it may be there", async () => {
    const adapter = new PostgresAdapter({ pool, schema: freshSchema(), logger: silentLogger });
    await adapter.migrate();

    await expect(adapter.enqueue([entry("a")], 0)).rejects.toMatchObject({
      message: "Cannot enqueue jobs: Postgres did not answer within 0 seconds",
      maybeAccepted: true,
    });
    await adapter.close();
  });

  it("goes on where its connections were ended: nothing is lost, and nothing handed out twice", async () => {
    const schema = freshSchema();
    const own = new PostgresAdapter({ connectionString: server.url, schema, logger: silentLogger });
    await own.enqueue(Array.from({ length: 200 }, (_, index) => entry(`job${index}`)));
    const lease = await leaseOf(own);
    const seen: string[] = [];
    const kills: Promise<unknown>[] = [];
    let open: Outcome[] = [];
    while (seen.length < 200 || open.length > 0) {
      if (kills.length < 12) {
        kills.push(
          pool.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mandate'",
          ),
        );
      }
      try {
        const { jobs } = await lease.exchange(open, { queues: ["default"], limit: 7 });
        open = jobs.map((job) => {
          const { jid } = JSON.parse(job.payload) as { jid: string };
          seen.push(jid);
          return { kind: "done", job, jid };
        });
      } catch (error) {
        if (!(error instanceof AdapterError)) throw error;
      }
    }
    await Promise.all(kills);

    expect(new Set(seen).size).toBe(200);
    expect(seen).toHaveLength(200);
    await lease.close();
    await own.close();
  });
});
