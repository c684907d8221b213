import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Entry } from "../../../src/adapters/adapter.ts";
import type { AdapterError } from "../../../src/adapters/adapter-error.ts";
import { PostgresAdapter } from "../../../src/adapters/postgres/postgres-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { missing } from "../../support/requires.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";
import { freshSchema, sharedPool } from "./postgres-store.ts";

const QUEUE = { queue: "default" };

function entry(jid: string, more: Partial<Entry> = {}): Entry {
  const payload = JSON.stringify({ class: "X", args: [], jid, queue: "default" });
  return { jid, queue: "default", payload, ...more };
}

/** As it is sent again. */
function again(jid: string, more: Partial<Entry> = {}): Entry {
  return entry(jid, { remembered: true, ...more });
}

describe.skipIf(missing("postgres"))("what is enqueued, and not answered", () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  let proxy: TcpProxy;
  let schema: string;
  /** The first sends through the proxy, the second straight to the server. */
  let sender: PostgresAdapter;
  let other: PostgresAdapter;

  beforeAll(async () => {
    server = await PostgresServer.start();
    pool = sharedPool(server.url);
    proxy = await TcpProxy.start(Number(new URL(server.url).port));
  });
  afterAll(async () => {
    await proxy.close();
    await pool.end();
    await server.dispose();
  });
  beforeEach(async () => {
    schema = freshSchema();
    const url = new URL(server.url);
    url.port = String(proxy.port);
    const options = { schema, logger: silentLogger };
    // What is prepared is sent by its name alone.
    sender = new PostgresAdapter({ ...options, connectionString: url.href, prepare: false });
    other = new PostgresAdapter({ ...options, pool });
    await other.migrate();
    onTestFinished(async () => {
      await Promise.all([sender.close(), other.close()]);
    });
  });

  async function loseAnswerTo(statement: string, deed: () => Promise<unknown>): Promise<void> {
    proxy.loseReplies((request) => request.includes(statement));
    await expect(deed()).rejects.toMatchObject({ maybeAccepted: true });
    proxy.mend();
  }

  /** Runs all that waits. @returns how many. */
  async function runAll(): Promise<number> {
    const lease = await other.lease({
      identity: `host:1:${freshSchema()}`,
      ttl: 60,
      info: { hostname: "host", pid: 1, tag: "", startedAt: 0, concurrency: 1, queues: [["*", 1]] },
      state: () => ({ quiet: false, busy: 0 }),
      onWork: () => undefined,
      onDue: () => undefined,
    });
    const { jobs } = await lease.exchange([], { queues: ["default"], limit: 100 });
    await lease.exchange(jobs.map((job) => ({ kind: "done", job, jid: undefined })));
    await lease.close();
    return jobs.length;
  }

  it("makes no second job where it is sent again after the first is over", async () => {
    await loseAnswerTo("enqueue_alike_1", () => sender.enqueue([entry("a"), entry("b")]));
    expect(await runAll()).toBe(2);

    await sender.enqueue([again("a")]);
    await sender.enqueue([again("b")]);

    expect(await runAll()).toBe(0);
  });

  it("makes none where the first is still there", async () => {
    await loseAnswerTo("enqueue_alike_1", () => sender.enqueue([entry("a")]));

    await sender.enqueue([again("a")]);
    expect(await runAll()).toBe(1);
    await sender.enqueue([again("a")]);

    expect(await runAll()).toBe(0);
  });

  it("makes a job where the first was cancelled", async () => {
    await loseAnswerTo("enqueue_alike_1", () => sender.enqueue([entry("a")]));
    await other.store.cancel("a");

    await sender.enqueue([again("a")]);

    expect(await other.store.size(QUEUE)).toBe(1);
  });

  it("is judged anew where it was refused", async () => {
    const hold = { key: "k", from: "enqueue", until: "settled", whenFull: "refuse" } as const;
    await other.enqueue([entry("holder", { holds: [hold] })]);
    await loseAnswerTo("enqueue_guarded_1", () => sender.enqueue([entry("a", { holds: [hold] })]));
    await runAll();

    const { refused } = await sender.enqueue([again("a", { holds: [hold] })]);

    expect(refused).toEqual([]);
    expect(await runAll()).toBe(1);
  });

  it("is accepted no longer, should it arrive after it was asked about", async () => {
    const resolve = (): Promise<unknown> =>
      pool.query(`SELECT "${schema}".resolve_delivery_1('set', 1, '{a}') AS accepted`);
    expect(await resolve()).toMatchObject({ rows: [{ accepted: false }] });

    const late = pool.query(
      `SELECT "${schema}".enqueue_1('[{"j":"a","q":"default","t":"{}"}]', true, 'set', 1, '')`,
    );

    await expect(late).rejects.toThrow("duplicate key value");
    expect(await other.store.size(QUEUE)).toBe(0);
  });

  it("is asked about where its sender lost its patience, though the answer came in the end", async () => {
    const client = await pool.connect();
    const lock = `"${schema}".delivery`;
    await client.query(`BEGIN; LOCK TABLE ${lock} IN EXCLUSIVE MODE`);
    const unsent = Array.from({ length: 3 }, (_, index) =>
      other.enqueue([entry(`u${index}`)], 0.2),
    );
    const [first, second, third] = await Promise.all(
      unsent.map((sending) => sending.catch((error: unknown) => error as AdapterError)),
    );
    await client.query("COMMIT");
    client.release();
    // Two are under way at once.
    expect([first, second, third]).toMatchObject([
      { maybeAccepted: true },
      { maybeAccepted: true },
      { maybeAccepted: false },
    ]);

    await expect.poll(() => other.store.size(QUEUE)).toBe(2);
    expect(await runAll()).toBe(2);
    await other.enqueue([again("u0"), again("u1"), again("u2")]);

    expect(await runAll()).toBe(1);
  });

  it("stays in doubt as long as nobody can be asked", async () => {
    await loseAnswerTo("enqueue_alike_1", () => sender.enqueue([entry("a")]));
    await runAll();

    await loseAnswerTo("resolve_delivery_1", () => sender.enqueue([again("a")]));
    await sender.enqueue([again("a")]);

    expect(await runAll()).toBe(0);
  });

  it("is accepted when each is sent again, where Postgres never committed them", async () => {
    const client = await pool.connect();
    await client.query(`BEGIN; LOCK TABLE "${schema}".delivery IN EXCLUSIVE MODE`);
    const lost = sender.enqueue([entry("a"), entry("b")]).catch((error: unknown) => error);
    const end =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%enqueue_alike_1(%' AND wait_event_type = 'Lock'";
    await expect.poll(async () => (await pool.query(end)).rowCount).toBe(1);
    expect(await lost).toMatchObject({ maybeAccepted: true });
    await client.query("ROLLBACK");
    client.release();

    await Promise.all(["a", "b"].map((jid) => sender.enqueue([again(jid)])));

    expect(await other.store.size(QUEUE)).toBe(2);
  });

  it("takes little room: what was answered is forgotten by the set", async () => {
    for (let count = 0; count < 260; count += 1) {
      await other.enqueue([entry(`a${count}`)]);
    }

    const { rows } = await pool.query(`SELECT count(*)::int AS count FROM "${schema}".delivery`);
    expect(rows).toEqual([{ count: 4 }]);
  });
});
