import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { jid, namesOf, payloadOf } from "../../../src/adapter-contract/jobs.ts";
import type { Entry } from "../../../src/adapters/adapter.ts";
import type { AdapterError } from "../../../src/adapters/adapter-error.ts";
import { PgDatabase } from "../../../src/adapters/postgres/connection/pg-database.ts";
import { PostgresJsDatabase } from "../../../src/adapters/postgres/connection/postgres-js-database.ts";
import { PostgresAdapter } from "../../../src/adapters/postgres/postgres-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { missing } from "../../support/requires.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";
import { Rig } from "../../worker/running.ts";
import { freshSchema, sharedPool } from "./postgres-store.ts";

/** Long enough for a busy machine to connect. */
const PATIENCE_MS = 1_500;

const NOBODY = { onMessage: () => undefined, onReady: () => undefined, onBreak: () => undefined };

function entry(name: string, more: Partial<Entry> = {}): Entry {
  return { jid: jid(name), queue: "default", payload: payloadOf(name, "default"), ...more };
}

describe.skipIf(missing("postgres"))("behind a line that goes silent", () => {
  let server: PostgresServer;
  let direct: pg.Pool;

  beforeAll(async () => {
    server = await PostgresServer.start();
    direct = sharedPool(server.url);
  });
  afterAll(async () => {
    await direct.end();
    await server.dispose();
  });

  async function line(): Promise<{ readonly proxy: TcpProxy; readonly url: string }> {
    const proxy = await TcpProxy.start(Number(new URL(server.url).port));
    onTestFinished(() => proxy.close());
    const url = new URL(server.url);
    url.port = String(proxy.port);
    return { proxy, url: url.href };
  }

  describe("a database of pg's", () => {
    let proxy: TcpProxy;
    let pool: pg.Pool;
    let database: PgDatabase;

    beforeEach(async () => {
      const { proxy: ours, url } = await line();
      proxy = ours;
      pool = new pg.Pool({ connectionString: url, max: 3 });
      database = new PgDatabase(pool, { isOwn: true, prepare: true, patienceMs: PATIENCE_MS });
    });

    it("asks by another connection once it has waited for long enough", async () => {
      await database.query("SELECT 1", []);

      proxy.silence();
      await expect(database.query("SELECT 2", [])).rejects.toThrow("no answer for 1.5 seconds");
      proxy.mend();

      expect(await database.query("SELECT 3 AS it", [])).toEqual([{ it: 3 }]);
      await database.close();
    });

    it("waits no longer for a connection", async () => {
      proxy.silence();
      await expect(database.query("SELECT 1", [])).rejects.toThrow("no connection for 1.5 seconds");

      await proxy.close();
      await database.close();
    });

    it("gives back a connection that comes too late", async () => {
      const all = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);

      await expect(database.query("SELECT 1", [])).rejects.toThrow("no connection for 1.5 seconds");
      all.forEach((client) => client.release());
      expect(await database.query("SELECT 2 AS it", [])).toEqual([{ it: 2 }]);

      expect(pool.waitingCount).toBe(0);
      await database.close();
    });

    it("waits no longer to listen", async () => {
      const client = await pool.connect();
      proxy.silence();
      client.release();

      await expect(database.listen("a", NOBODY)).rejects.toThrow("no answer for 1.5 seconds");

      await database.close();
    });

    it("hears again by another connection", async () => {
      const heard: string[] = [];
      let tell: () => void = () => undefined;
      const next = (): Promise<void> => new Promise((resolve) => (tell = resolve));
      const note = (what: string): void => {
        heard.push(what);
        tell();
      };
      await database.listen("a", {
        onMessage: (message) => note(message),
        onReady: () => note("ready"),
        onBreak: () => note("break"),
      });

      proxy.silence();
      await next();
      proxy.mend();
      await next();
      await direct.query("NOTIFY a, 'message'");
      while (!heard.includes("message")) await next();

      expect(heard).toEqual(["ready", "break", "ready", "message"]);
      await database.close();
    });

    it("closes, though the connection that listens says no farewell", async () => {
      await database.listen("a", NOBODY);

      proxy.silence();
      await database.close();

      expect(pool.totalCount).toBe(0);
    });
  });

  describe("a database of postgres.js's", () => {
    async function open(): Promise<{ proxy: TcpProxy; database: PostgresJsDatabase }> {
      const { proxy, url } = await line();
      const sql = postgres(url, { max: 4, onnotice: () => undefined });
      onTestFinished(() => sql.end({ timeout: 0 }));
      const database = new PostgresJsDatabase(sql, { prepare: true, patienceMs: PATIENCE_MS });
      await database.query("SELECT 1", []);
      return { proxy, database };
    }

    it("asks by another connection once it has waited for long enough", async () => {
      const { proxy, database } = await open();

      proxy.silence();
      await expect(database.query("SELECT 2", [])).rejects.toThrow("no answer for 1.5 seconds");
      await expect(database.script("SELECT 3")).rejects.toThrow("no answer for 1.5 seconds");
      proxy.mend();

      expect(await database.query("SELECT 4 AS it", [])).toEqual([{ it: 4 }]);
    });

    it("waits no longer to listen", async () => {
      const { proxy, database } = await open();

      proxy.silence();

      await expect(database.listen("a", NOBODY)).rejects.toThrow("no answer for 1.5 seconds");
    });
  });

  it.each(["pg", "postgres.js"])("is told from a script of %s that takes long", async (library) => {
    const name = `script of ${library}`;
    const pool = new pg.Pool({ connectionString: server.url, max: 3, application_name: name });
    const sql = postgres(server.url, { max: 3, connection: { application_name: name } });
    onTestFinished(async () => void (await Promise.all([pool.end(), sql.end({ timeout: 0 })])));
    const use = { isOwn: false, prepare: true, patienceMs: PATIENCE_MS };
    const database =
      library === "pg" ? new PgDatabase(pool, use) : new PostgresJsDatabase(sql, use);
    const holder = await direct.connect();
    await holder.query("SELECT pg_advisory_lock(18)");

    const migrating = database.script("SELECT pg_advisory_lock(18); SELECT pg_advisory_unlock(18)");
    const answers = async (): Promise<number> => {
      const text = `SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND query LIKE '% AS answered' AND state = 'idle'`;
      return (await direct.query(text, [name])).rows.length;
    };
    await expect.poll(answers).toBe(1);
    await holder.query("SELECT pg_advisory_unlock(18)");
    holder.release();

    await migrating;
    expect(await database.query("SELECT 4 AS it", [])).toEqual([{ it: 4 }]);
  });

  describe("an adapter", () => {
    let schema: string;
    let other: PostgresAdapter;
    beforeEach(async () => {
      schema = freshSchema();
      other = new PostgresAdapter({ pool: direct, schema, logger: silentLogger });
      await other.migrate();
      onTestFinished(() => other.close());
    });

    it.each(["pg", "postgres.js"])("of %s knows that nothing was sent", async (library) => {
      const { proxy, url } = await line();
      const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS });
      const sql = postgres(url, { connect_timeout: 1, max: 1, onnotice: () => undefined });
      const place = library === "pg" ? { pool } : { sql };
      const adapter = new PostgresAdapter({ ...place, schema, logger: silentLogger });

      proxy.silence();
      const failure = await adapter.enqueue([entry("a")]).catch((error: unknown) => error);

      expect(failure).toMatchObject({ code: "MANDATE_ADAPTER", maybeAccepted: false });
      expect((failure as AdapterError).message).toContain("Postgres did not answer: ");
      expect(await other.store.size({ queue: "default" })).toBe(0);
      await adapter.close();
      await Promise.all([pool.end(), sql.end({ timeout: 0 })]);
    });

    /** One that is told by pg that nothing was answered, and much sooner than by its own patience. */
    async function hastyAdapter(url: string, more: pg.PoolConfig = {}): Promise<PostgresAdapter> {
      const limits = { query_timeout: 1_500, connectionTimeoutMillis: 1_500 };
      const pool = new pg.Pool({ connectionString: url, ...limits, ...more });
      pool.on("error", () => undefined);
      const adapter = new PostgresAdapter({ pool, schema, logger: silentLogger });
      onTestFinished(async () => {
        await adapter.close();
        await pool.end();
      });
      return adapter;
    }

    it("loses no job, and comes back by itself", async () => {
      const { proxy, url } = await line();
      const [adapter, sender] = [await hastyAdapter(url), await hastyAdapter(url)];
      const rig = await Rig.started({ adapter, concurrency: 5 });
      const held = ["a0", "a1", "a2", "a3", "a4"];
      await sender.enqueue(held.map((name) => entry(name)));
      await rig.runs(...held);

      proxy.silence();
      await rig.end(...held);
      // As `defer` does it.
      const sent = await sender.enqueue([entry("b")], 0.5).catch((error: unknown) => error);
      await rig.log.line(/which keeps trying/);
      proxy.mend();
      await rig.log.line(/is back after/);
      await sender.enqueue([entry("b", { remembered: true })]);
      await rig.end("b");
      await rig.eventually(
        () => other.store.counters(),
        ({ processed }) => processed === 6,
      );

      expect(sent).toMatchObject({
        message: "Cannot enqueue jobs: Postgres did not answer within 0.5 seconds",
        maybeAccepted: true,
      });
      // Once more where it then takes another connection that is silent.
      expect(new Set(rig.log.troubles.map((trouble) => trouble.split(": ")[0]))).toEqual(
        new Set(["The postgres store failed this worker, which keeps trying"]),
      );
      expect(rig.begun).toEqual([...held, "b"]);
      expect(await other.recover()).toEqual([]);
    });

    it("has others do what a worker held that stays silent", async () => {
      const { proxy, url } = await line();
      const silent = await Rig.started({ adapter: await hastyAdapter(url), leaseTtl: 2 });
      await other.enqueue([entry("a"), entry("b")]);
      await silent.runs("a", "b");

      proxy.silence();
      const alive = await Rig.started({ adapter: other, endsByItself: () => true });
      await alive.until(() => alive.ended.length === 2);
      proxy.mend();
      await silent.log.line(/was silent for too long/);
      await silent.end("a", "b");
      await silent.log.line(/is back after/);
      await other.enqueue([entry("c")]);
      await alive.eventually(
        () => other.store.counters(),
        ({ processed }) => processed === 3 || silent.running.length > 0,
      );
      silent.running.forEach(() => void silent.end("c"));
      await alive.eventually(
        () => other.store.counters(),
        ({ processed }) => processed === 3,
      );

      expect([...alive.begun, ...silent.begun].toSorted()).toEqual(["a", "a", "b", "b", "c"]);
    });

    it("hands out what it fetched too late for whoever had asked", async () => {
      const adapter = await hastyAdapter(server.url, { application_name: "late" });
      let told = 0;
      const lease = await adapter.lease({
        identity: `host:1:${schema}`,
        ttl: 60,
        info: {
          hostname: "host",
          pid: 1,
          tag: "",
          startedAt: 0,
          concurrency: 1,
          queues: [["*", 1]],
        },
        state: () => ({ quiet: false, busy: 0 }),
        onWork: () => (told += 1),
        onDue: () => undefined,
      });
      const request = { queues: ["default"], limit: 2 };
      await lease.exchange([], request);
      const pids = await backends("application_name = 'late' AND query NOT LIKE 'LISTEN%'");
      expect(pids.length).toBeGreaterThan(0);

      // It does what it is sent, but later.
      pids.forEach((pid) => process.kill(pid, "SIGSTOP"));
      await other.enqueue([entry("a"), entry("b"), entry("c")]);
      await expect(lease.exchange([], request)).rejects.toMatchObject({ maybeAccepted: true });
      const { jobs: first } = await lease.exchange([], request);
      pids.forEach((pid) => process.kill(pid, "SIGCONT"));
      while ((await backends(`pid IN (${pids.join()})`)).length > 0);
      const { jobs: none } = await lease.exchange([], request);
      told = 0;
      await lease.renew();
      const wasTold = told;
      const { jobs: late } = await lease.exchange([], request);
      const { jobs: more } = await lease.exchange([], request);

      expect(none).toEqual([]);
      expect(wasTold).toBe(1);
      expect(namesOf([...first, ...late]).toSorted()).toEqual(["a", "b", "c"]);
      expect(more).toEqual([]);
      await lease.close();
    });

    async function backends(which: string): Promise<number[]> {
      const { rows } = await direct.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE ${which}`,
      );
      return rows.map(({ pid }) => pid);
    }

    it("finds work within seconds where only the connection that listens is silent", async () => {
      const adapter = new PostgresAdapter({
        connectionString: server.url,
        schema,
        logger: silentLogger,
      });
      onTestFinished(() => adapter.close());
      const rig = await Rig.started({ adapter, endsByItself: () => true });
      await other.enqueue([entry("heard")]);
      await rig.eventually(
        () => other.store.counters(),
        ({ processed }) => processed === 1,
      );
      const listening = (): Promise<number[]> => backends(`query = 'LISTEN "mandate_${schema}"'`);
      const pids = await listening();
      expect(pids).toHaveLength(1);

      // It answers nothing, and nobody is told.
      pids.forEach((pid) => process.kill(pid, "SIGSTOP"));
      onTestFinished(() => pids.forEach((pid) => process.kill(pid, "SIGCONT")));
      await other.enqueue([entry("unheard")]);
      await rig.until(() => rig.ended.includes("unheard"));

      // By looking: nobody listens but by the silent one.
      expect(await listening()).toEqual(pids);
      expect(rig.begun).toEqual(["heard", "unheard"]);
      expect(rig.log.troubles).toEqual([]);
    });
  });
});
