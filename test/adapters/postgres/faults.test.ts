import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { jid, payloadOf } from "../../../src/adapter-contract/jobs.ts";
import type { Entry } from "../../../src/adapters/adapter.ts";
import { PostgresAdapter } from "../../../src/adapters/postgres/postgres-adapter.ts";
import { deferWithin } from "../../../src/adapters/postgres/within/within.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { missing } from "../../support/requires.ts";
import { Rig } from "../../worker/running.ts";
import { freshSchema, sharedPool } from "./postgres-store.ts";

const QUEUE = { queue: "default" };

function entry(name: string, more: Partial<Entry> = {}): Entry {
  return { jid: jid(name), queue: "default", payload: payloadOf(name, "default"), ...more };
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

async function messageOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "no error",
    ({ message, maybeAccepted }: { message: string; maybeAccepted: boolean }) => ({
      message,
      maybeAccepted,
    }),
  );
}

describe.skipIf(missing("postgres"))("with a Postgres that refuses", () => {
  let server: PostgresServer;
  /** Of a role that nothing is refused. */
  let pool: pg.Pool;
  let schema: string;
  let other: PostgresAdapter;

  beforeAll(async () => {
    server = await PostgresServer.start();
    pool = sharedPool(server.url);
    await pool.query("CREATE ROLE hasty LOGIN SUPERUSER");
    await pool.query("ALTER ROLE hasty SET statement_timeout = '300ms'");
    await pool.query("CREATE ROLE app LOGIN SUPERUSER");
  });
  afterAll(async () => {
    await pool.end();
    await server.dispose();
  });
  beforeEach(async () => {
    schema = freshSchema();
    other = new PostgresAdapter({ pool, schema, logger: silentLogger });
    await other.migrate();
    onTestFinished(() => other.close());
  });

  /** Connections of its own, of that role. */
  function adapterOf(role: string): PostgresAdapter {
    const connectionString = server.url.replace("postgres@", `${role}@`);
    const adapter = new PostgresAdapter({ connectionString, schema, logger: silentLogger });
    onTestFinished(() => adapter.close());
    return adapter;
  }

  /** Nobody else comes to these tables until it is released. */
  async function lock(...tables: readonly string[]): Promise<() => Promise<void>> {
    const client = await pool.connect();
    const all = tables.map((table) => `"${schema}".${table}`).join();
    await client.query(`BEGIN; LOCK TABLE ${all} IN ACCESS EXCLUSIVE MODE`);
    let isHeld = true;
    const release = async (): Promise<void> => {
      if (isHeld) {
        isHeld = false;
        await client.query("COMMIT");
        client.release();
      }
    };
    onTestFinished(release);
    return release;
  }

  async function ended(rig: Rig, count: number): Promise<void> {
    await rig.until(() => rig.ended.length >= count);
    await rig.eventually(
      () => other.store.counters(),
      ({ processed }) => processed >= count,
    );
  }

  describe("to wait, by its statement_timeout", () => {
    it("accepts nothing of what was cancelled, and makes one job of it where it is sent again", async () => {
      const adapter = adapterOf("hasty");
      await adapter.store.now();
      const release = await lock("job");

      const failure = await messageOf(adapter.enqueue([entry("a")]));
      await release();
      await adapter.enqueue([entry("a", { remembered: true })]);

      expect(failure).toEqual({
        message:
          "Cannot enqueue jobs: Postgres answered 57014: canceling statement due to statement timeout",
        maybeAccepted: false,
      });
      expect(await other.store.size(QUEUE)).toBe(1);
    });

    it("cancels what was gathered once, and not each job of it after the other", async () => {
      let statements = 0;
      const connectionString = server.url.replace("postgres@", "hasty@");
      const hasty = new pg.Pool({ connectionString, max: 5 });
      hasty.on("acquire", () => (statements += 1));
      const adapter = new PostgresAdapter({ pool: hasty, schema, logger: silentLogger });
      onTestFinished(async () => {
        await adapter.close();
        await hasty.end();
      });
      await adapter.store.now();
      statements = 0;
      const release = await lock("job");

      const all = await Promise.allSettled(
        names("a", 20).map((name) => adapter.enqueue([entry(name)])),
      );
      await release();

      expect(all.filter(({ status }) => status === "rejected")).toHaveLength(20);
      // Two at once, and what came meanwhile.
      expect(statements).toBe(3);
      expect(await other.store.size(QUEUE)).toBe(0);
    });

    it("goes on to settle and to fetch once nothing has to be waited for", async () => {
      const adapter = adapterOf("hasty");
      const rig = await Rig.started({ adapter, concurrency: 5 });
      await other.enqueue(names("a", 20).map((name) => entry(name)));
      await rig.runs(...names("a", 5));

      const release = await lock("job");
      await rig.end(...names("a", 5));
      await rig.log.line(/which keeps trying/);
      await release();
      await rig.end(...names("a", 20).slice(5));
      await ended(rig, 20);
      await rig.log.line(/is back after/);

      // What was cancelled first, the exchange or a look for lost jobs, is as it falls.
      expect(rig.log.troubles).toEqual([
        expect.stringMatching(
          /^The postgres store failed this worker, which keeps trying: Cannot (settle and fetch|recover) jobs: Postgres answered 57014: canceling statement due to statement timeout$/,
        ),
      ]);
      expect(rig.begun.toSorted()).toEqual(names("a", 20).toSorted());
      expect(await other.store.counters()).toEqual({ processed: 20, failed: 0 });
    });

    it("keeps a lease whose renewals were cancelled", async () => {
      const adapter = adapterOf("hasty");
      const rig = await Rig.started({ adapter, leaseTtl: 12 });
      await other.enqueue([entry("a")]);
      await rig.run("a");

      const release = await lock("lease");
      for (let times = 0; times < 2; times += 1) {
        await rig.eventually(renewing, (waits) => waits);
        await rig.eventually(renewing, (waits) => !waits);
      }
      await release();
      await rig.log.line(/is back after/);
      await rig.end("a");
      await ended(rig, 1);

      expect(rig.log.troubles).toHaveLength(1);
      expect(rig.log.troubles[0]).toContain("Postgres answered 57014: canceling statement due to");
      expect(await other.recover()).toEqual([]);
      expect(rig.begun).toEqual(["a"]);
    });

    /** Whether a renewal waits for the lock. */
    async function renewing(): Promise<boolean> {
      const { rows } = await pool.query(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE $1 AND usename = 'hasty' AND wait_event_type = 'Lock'",
        [`%"${schema}".renew_1%`],
      );
      return rows.length > 0;
    }
  });

  describe("to write", () => {
    /** As a database that was made read-only, or a primary that became a standby. */
    async function readOnly(isOn: boolean): Promise<void> {
      const client = new pg.Client(server.url);
      await client.connect();
      await client.query("SET default_transaction_read_only = off");
      await client.query(`ALTER ROLE app SET default_transaction_read_only = ${isOn}`);
      await client.end();
    }

    function cut(): Promise<unknown> {
      return pool.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'",
      );
    }

    it("says so, accepts nothing, and goes on by itself once it is over", async () => {
      const connectionString = server.url.replace("postgres@", "app@");
      // One listens, and the other is used too often to be closed for being idle.
      const lasting = new pg.Pool({ connectionString, max: 2, idleTimeoutMillis: 0 });
      const adapter = new PostgresAdapter({ pool: lasting, schema, logger: silentLogger });
      lasting.on("error", () => undefined);
      onTestFinished(async () => {
        await adapter.close();
        await lasting.end();
        await readOnly(false);
      });
      const rig = await Rig.started({ adapter, concurrency: 5 });
      await other.enqueue(names("a", 5).map((name) => entry(name)));
      await rig.runs(...names("a", 5));

      await readOnly(true);
      await cut();
      const refused = names("b", 20).map((name) => entry(name));
      // Of what is cut off nobody knows; what comes after is refused.
      await rig.eventually(
        () => messageOf(adapter.enqueue([entry("refused")])),
        (failure) => JSON.stringify(failure).includes("25006"),
      );
      const failures = await Promise.all(refused.map((one) => messageOf(adapter.enqueue([one]))));
      await rig.end(...names("a", 5));
      await rig.log.line(/answered 25006/);
      // The connections that were made meanwhile stay what they are.
      await readOnly(false);
      await rig.eventually(
        () => messageOf(adapter.enqueue([entry("c")])),
        (failure) => failure === "no error",
      );
      await rig.end("c");
      await ended(rig, 6);

      expect(new Set(failures.map((failure) => JSON.stringify(failure)))).toEqual(
        new Set([
          JSON.stringify({
            message:
              "Cannot enqueue jobs: Postgres answered 25006: cannot execute INSERT in a read-only transaction",
            maybeAccepted: false,
          }),
        ]),
      );
      expect(rig.begun).toEqual([...names("a", 5), "c"]);
      expect(await other.store.size(QUEUE)).toBe(0);
    });
  });

  describe("for want of room", () => {
    /** From now on what is written to these tables is answered as with a full disk. */
    async function fill(...tables: readonly string[]): Promise<() => Promise<void>> {
      const full = `"${schema}".full`;
      await pool.query(
        `CREATE FUNCTION ${full}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
         END $$`,
      );
      for (const table of tables) {
        await pool.query(
          `CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE OR DELETE ON "${schema}".${table} EXECUTE FUNCTION ${full}()`,
        );
      }
      return async () => void (await pool.query(`DROP FUNCTION ${full} CASCADE`));
    }

    it("says so, accepts nothing, and goes on by itself once there is some", async () => {
      const adapter = adapterOf("app");
      const rig = await Rig.started({ adapter, concurrency: 5 });
      await other.enqueue(names("a", 20).map((name) => entry(name)));
      await rig.runs(...names("a", 5));

      const clear = await fill("job", "lease");
      await rig.end(...names("a", 5));
      const failures = await Promise.all([
        ...names("b", 20).map((name) => messageOf(adapter.enqueue([entry(name)]))),
        messageOf(adapter.enqueue([entry("c"), entry("d", { prereqs: [jid("c")] })])),
      ]);
      await rig.log.line(/answered 53100/);
      await clear();
      await rig.end(...names("a", 20).slice(5));
      await ended(rig, 20);
      await rig.log.line(/is back after/);

      expect(new Set(failures.map((failure) => JSON.stringify(failure)))).toEqual(
        new Set([
          JSON.stringify({
            message:
              "Cannot enqueue jobs: Postgres answered 53100: could not extend file: No space left on device",
            maybeAccepted: false,
          }),
        ]),
      );
      expect(rig.begun.toSorted()).toEqual(names("a", 20).toSorted());
      expect(await other.store.counters()).toEqual({ processed: 20, failed: 0 });
      expect(await other.store.size(QUEUE)).toBe(0);
    });
  });

  describe("nothing, but has a transaction open", () => {
    it("does the jobs of others beside it, and its own once it is committed", async () => {
      const adapter = adapterOf("app");
      const client = await pool.connect();
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
      await client.query("SELECT 1");
      await deferWithin(client, () =>
        adapter.enqueue([entry("own"), entry("after", { prereqs: [jid("own")] })]),
      );
      const rig = await Rig.started({ adapter, endsByItself: () => true });

      for (let round = 0; round < 10; round += 1) {
        await adapter.enqueue(names(`r${round}_`, 50).map((name) => entry(name)));
      }
      await adapter.enqueue([
        entry("first"),
        entry("second", { prereqs: [jid("first")] }),
        entry("soon", { delay: 0.1 }),
      ]);
      await ended(rig, 503);
      const before = [...rig.ended];
      await client.query("COMMIT");
      client.release();
      await ended(rig, 505);

      expect(before).not.toContain("own");
      expect(rig.ended.slice(503)).toEqual(["own", "after"]);
      expect(new Set(rig.ended).size).toBe(505);
      expect(rig.log.troubles).toEqual([]);
    });
  });
});
