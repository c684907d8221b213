import {
  Command,
  configure,
  errorKinds,
  MemoryAdapter,
  silentLogger,
  type ErrorKinds,
} from "mandate";
import { startWorker } from "mandate/worker";
import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { PostgresServer } from "../../../support/postgres-server.ts";
import { freePort } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { failureOf, kindsOf } from "./kinds.ts";

/** A connection that is in use, of either library. */
interface Connection {
  query(sql: string): Promise<unknown>;
}

interface Client {
  /** Of its own; ended when the test is. */
  connect(url: string): Promise<Connection>;
}

const clients: Readonly<Record<string, Client>> = {
  pg: {
    async connect(connectionString) {
      const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
      // Said of one that is idle, too.
      client.on("error", () => {});
      onTestFinished(() => client.end().catch(() => {}));
      await client.connect();
      return client;
    },
  },
  "postgres.js": {
    async connect(url) {
      const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
      onTestFinished(() => sql.end({ timeout: 0 }));
      const connection: Connection = { query: (text) => sql.unsafe(text) };
      await connection.query("SELECT 1");
      return connection;
    },
  },
};

describe.skipIf(missing("postgres")).each(Object.entries(clients))("%s", (_name, client) => {
  let server: PostgresServer;
  let one: Connection;
  let other: Connection;

  beforeAll(async () => {
    server = await PostgresServer.start({ deadlock_timeout: "20ms" });
  });
  afterAll(async () => {
    await server.dispose();
  });
  beforeEach(async () => {
    one = await client.connect(server.url);
    other = await client.connect(server.url);
    await one.query("DROP TABLE IF EXISTS accounts; CREATE TABLE accounts (id int, balance int)");
    await one.query("INSERT INTO accounts VALUES (1, 100), (2, 100)");
  });

  it("meets a deadlock", async () => {
    await one.query("BEGIN; UPDATE accounts SET balance = 0 WHERE id = 1");
    await other.query("BEGIN; UPDATE accounts SET balance = 0 WHERE id = 2");

    const both = await Promise.allSettled([
      one.query("UPDATE accounts SET balance = 0 WHERE id = 2"),
      other.query("UPDATE accounts SET balance = 0 WHERE id = 1"),
    ]);

    const [victim] = both.filter(({ status }) => status === "rejected");
    expect(kindsOf((victim as PromiseRejectedResult).reason)).toEqual(["deadlock"]);
  });

  it("runs a job again that met one", async () => {
    const adapter = new MemoryAdapter();
    const runs: number[] = [];
    let arrived = 0;
    let bothAreThere = (): void => {};
    const meeting = new Promise<void>((resolve) => (bothAreThere = resolve));

    class Transfer extends Command.initializeWith((from: number, to: number) => ({ from, to })) {
      static {
        this.retryOn(errorKinds.deadlock, { wait: 0.01, attempts: 5 });
        this.retry(0);
      }

      async call() {
        runs.push(this.from);
        const connection = this.from === 1 ? one : other;
        try {
          await connection.query(
            `BEGIN; UPDATE accounts SET balance = balance - 10 WHERE id = ${this.from}`,
          );
          arrived += 1;
          if (arrived === 2) bothAreThere();
          await meeting;
          await connection.query(
            `UPDATE accounts SET balance = balance + 10 WHERE id = ${this.to}`,
          );
          await connection.query("COMMIT");
        } catch (error) {
          await connection.query("ROLLBACK");
          throw new Error(`Could not transfer from ${this.from}`, { cause: error });
        }
      }
    }
    configure({ adapter, logger: silentLogger, reloading: true });
    await Transfer.defer(1, 2);
    await Transfer.defer(2, 1);

    const worker = await startWorker({ adapter, concurrency: 2 });
    await worker.drain();
    await worker.stop();

    expect(runs).toHaveLength(3);
    expect(await adapter.store.size({ set: "dead" })).toBe(0);
  });

  it("meets a serialization failure", async () => {
    const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
    await one.query(`${begin}; SELECT * FROM accounts`);
    await other.query("UPDATE accounts SET balance = 7 WHERE id = 1");

    const error = await failureOf(one.query("UPDATE accounts SET balance = 8 WHERE id = 1"));

    expect(kindsOf(error)).toEqual(["deadlock"]);
  });

  it.each<[string, string, keyof ErrorKinds]>([
    ["a statement takes too long", "SET statement_timeout = 20; SELECT pg_sleep(5)", "timeout"],
    [
      "a lock takes too long",
      "SET lock_timeout = 20; UPDATE accounts SET balance = 8 WHERE id = 1",
      "timeout",
    ],
    ["its connection is closed", "SELECT pg_terminate_backend(pg_backend_pid())", "connection"],
  ])("is told that %s", async (_what, sql, kind) => {
    await other.query("BEGIN; UPDATE accounts SET balance = 7 WHERE id = 1");

    expect(kindsOf(await failureOf(one.query(sql)))).toEqual([kind]);
  });

  it("is told nothing of a kind where a statement is wrong", async () => {
    expect(kindsOf(await failureOf(one.query("SELEC 1")))).toEqual([]);
  });

  it("is refused a connection", async () => {
    const url = `postgres://postgres@127.0.0.1:${await freePort()}/postgres`;

    expect(kindsOf(await failureOf(client.connect(url)))).toEqual(["connection"]);
  });
});
