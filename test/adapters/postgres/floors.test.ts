import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { FetchedJob, Lease } from "../../../src/adapters/adapter.ts";
import { Floors } from "../../../src/adapters/postgres/leases/floors.ts";
import { PostgresAdapter } from "../../../src/adapters/postgres/postgres-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { missing } from "../../support/requires.ts";
import { freshSchema, sharedPool } from "./postgres-store.ts";

const QUEUE = "default";
/** So many that it takes long to pass them. */
const MANY = 20_000;

describe("Floors", () => {
  it("has none where the first jobs are come to at once", () => {
    const floors = new Floors();

    floors.learn({});
    floors.learn();

    expect(floors.text).toBeNull();
  });

  it("looks behind what a long look took last, for ten times as long as that took", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const floors = new Floors();

    floors.learn({ default: [["0", "9007199254740993"], false, 2] });
    vi.advanceTimersByTime(19_000);
    const before = floors.text;
    vi.advanceTimersByTime(2_000);

    expect(before).toBe('{"default":["0","9007199254740993"]}');
    expect(floors.text).toBeNull();
  });

  it("goes on with what was taken behind it, and no longer for that", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const floors = new Floors();

    floors.learn({ default: [["0", "5"], false, 1] });
    floors.learn({ default: [["0", "7"], true, 0.001], other: [["0", "3"], true, 0.001] });
    const next = floors.text;
    vi.advanceTimersByTime(10_001);

    expect(next).toBe('{"default":["0","7"]}');
    expect(floors.text).toBeNull();
  });
});

describe.skipIf(missing("postgres"))("a long-open transaction beside a queue", () => {
  let server: PostgresServer;
  let pool: pg.Pool;

  beforeAll(async () => {
    server = await PostgresServer.start({ autovacuum: "off" });
    pool = sharedPool(server.url);
  });
  afterAll(async () => {
    await pool.end();
    await server.dispose();
  });

  async function opened(): Promise<{ adapter: PostgresAdapter; lease: Lease; schema: string }> {
    const schema = freshSchema();
    const adapter = new PostgresAdapter({ schema, pool, logger: silentLogger });
    await adapter.migrate();
    const lease = await adapter.lease({
      identity: "h:1:floors",
      ttl: 600,
      info: { hostname: "", pid: 1, tag: "", startedAt: 1, concurrency: 1, queues: [[QUEUE, 1]] },
      state: () => ({ quiet: false, busy: 0 }),
      onWork: () => undefined,
      onDue: () => undefined,
    });
    onTestFinished(async () => {
      await lease.close();
      await adapter.close();
    });
    return { adapter, lease, schema };
  }

  async function enqueue(adapter: PostgresAdapter, jids: readonly string[], priority = 0) {
    const entries = jids.map((jid) => ({
      jid,
      queue: QUEUE,
      payload: JSON.stringify({ class: "X", args: [], jid, queue: QUEUE }),
      priority,
    }));
    await adapter.enqueue(entries, 60);
  }

  const jidOf = ({ payload }: FetchedJob): string =>
    (JSON.parse(payload) as { readonly jid: string }).jid;

  it("keeps no job from being handed out, in whatever way it came to its queue", async () => {
    const { adapter, lease } = await opened();
    const open = await pool.connect();
    onTestFinished(() => open.release());
    await open.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    await open.query("SELECT count(*) FROM pg_class");
    const many = Array.from({ length: MANY }, (_, index) => `many-${index}`);
    for (let start = 0; start < MANY; start += 1_000) {
      await enqueue(adapter, many.slice(start, start + 1_000));
    }
    const over: string[] = [];
    let held: readonly FetchedJob[] = [];
    const exchange = async (limit: number): Promise<void> => {
      const done = held.map((job) => ({ kind: "done" as const, job, jid: jidOf(job) }));
      over.push(...done.map(({ jid }) => jid));
      held = (await lease.exchange(done, { queues: [QUEUE], limit })).jobs;
    };

    while (over.length < MANY - 1_000) await exchange(500);
    // One comes back, to the head; one is more urgent than all; one comes last.
    const [back, ...others] = held;
    held = others;
    if (back === undefined) throw new Error("Expected jobs");
    await lease.exchange([{ kind: "release", job: back, jid: jidOf(back) }]);
    await enqueue(adapter, ["urgent"], -5);
    await enqueue(adapter, ["last"]);
    do await exchange(100);
    while (held.length > 0);
    await open.query("COMMIT");

    expect(over.toSorted()).toEqual([...many, "urgent", "last"].toSorted());
  });

  async function countsLate(): Promise<boolean> {
    const { rows } = await pool.query<{ major: number }>(
      "SELECT current_setting('server_version_num')::int / 10000 AS major",
    );
    return (rows[0]?.major ?? 0) < 15;
  }

  /** What has been read of a schema's jobs by this connection, which is a pool's only one. */
  async function read(own: pg.Pool, schema: string): Promise<{ entries: number; tables: number }> {
    await own.query("SELECT pg_stat_force_next_flush()");
    const { rows } = await own.query<{ entries: number; tables: number }>(
      `SELECT (SELECT sum(idx_tup_read)::int FROM pg_stat_user_indexes WHERE schemaname = $1 AND relname = 'job') AS entries,
              (SELECT seq_scan::int FROM pg_stat_user_tables WHERE schemaname = $1 AND relname = 'job') AS tables`,
      [schema],
    );
    return rows[0] ?? { entries: NaN, tables: NaN };
  }

  /** What is read of them by whoever looks after leases. */
  async function readByLooking({
    adapter,
    own,
    schema,
  }: Awaited<ReturnType<typeof onOneConnection>>): Promise<{ entries: number; tables: number }> {
    const before = await read(own, schema);
    await adapter.recover();
    await own.query(`SELECT * FROM "${schema}".cancelled_1()`);
    await own.query(`SELECT * FROM "${schema}".held_1(1)`);
    const after = await read(own, schema);
    return { entries: after.entries - before.entries, tables: after.tables - before.tables };
  }

  async function onOneConnection(): Promise<{
    adapter: PostgresAdapter;
    own: pg.Pool;
    schema: string;
  }> {
    const own = new pg.Pool({ connectionString: server.url, max: 1 });
    const schema = freshSchema();
    const adapter = new PostgresAdapter({ schema, pool: own, notify: false, logger: silentLogger });
    onTestFinished(async () => {
      await adapter.close();
      await own.end();
    });
    for (let start = 0; start < MANY; start += 1_000) {
      const many = Array.from({ length: 1_000 }, (_, index) => `many-${start + index}`);
      await enqueue(adapter, many);
    }
    return { adapter, own, schema };
  }

  it("has nobody pass what was removed who does not fetch", async ({ skip }) => {
    skip(await countsLate(), "Postgres before 15 counts some time later");
    const open = await pool.connect();
    onTestFinished(() => open.release());
    await open.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    await open.query("SELECT count(*) FROM pg_class");
    const { adapter, own, schema } = await onOneConnection();
    await own.query(`DELETE FROM "${schema}".job WHERE jid <> 'many-1'`);

    const { entries } = await readByLooking({ adapter, own, schema });

    expect(entries).toBeLessThan(100);
    await open.query("COMMIT");
  });

  it("has nobody read the whole table, whatever Postgres believes is in it", async ({ skip }) => {
    skip(await countsLate(), "Postgres before 15 counts some time later");
    const { adapter, own, schema } = await onOneConnection();
    // What is rare it takes for usual.
    await own.query(`UPDATE "${schema}".job SET cancelled = true, state = 1, lease = 1`);
    await own.query(`ANALYZE "${schema}".job`);
    await own.query(`UPDATE "${schema}".job SET cancelled = false, state = 0, lease = NULL`);

    const { tables } = await readByLooking({ adapter, own, schema });

    expect(tables).toBe(0);
  });

  it("names queues of which jobs came unnamed, before, between and behind those that have names", async () => {
    const { adapter, schema } = await opened();
    await enqueue(adapter, ["a"]);
    const unnamed = ["a", "b", "d", "e", "zebra"];
    await pool.query(
      `INSERT INTO "${schema}".job (jid, queue, state, pos, payload) SELECT q || n, q, 0, n, '{}' FROM unnest($1::text[]) q, generate_series(1, 3) n`,
      [unnamed],
    );

    await adapter.recover();

    const queues = await adapter.store.queueNames();
    expect(queues.toSorted()).toEqual([...unnamed, QUEUE].toSorted());
  });

  it("is asked for behind a place, and before it where nothing is there", async () => {
    const { adapter, schema } = await opened();
    await enqueue(adapter, ["a", "b"]);
    const first = async (floor?: string): Promise<unknown> => {
      const { rows } = await pool.query<{ found: unknown }>(
        `SELECT jsonb_build_array(o_is_behind, cardinality(o_places), (SELECT jid FROM "${schema}".job WHERE ctid = o_places[1])) AS found
           FROM "${schema}".place_of($1, $2)`,
        [QUEUE, floor],
      );
      return rows[0]?.found;
    };
    await pool.query(
      `CREATE FUNCTION "${schema}".place_of(p_queue text, p_floor text, OUT o_places tid[], OUT o_last jsonb, OUT o_is_behind boolean, OUT o_took float8)
       LANGUAGE sql SET search_path = "${schema}" AS 'SELECT * FROM first_waiting(p_queue, 10, p_floor::jsonb)'`,
    );
    const { rows } = await pool.query<{ pos: string }>(
      `SELECT pos::text FROM "${schema}".job ORDER BY pos`,
    );

    expect(await first(`["0","${rows[0]?.pos}"]`)).toEqual([true, 1, "b"]);
    expect(await first(`["0","${rows[1]?.pos}"]`)).toEqual([false, 2, "a"]);
    expect(await first()).toEqual([false, 2, "a"]);
  });
});
