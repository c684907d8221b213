import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { PGlite } from "@electric-sql/pglite";
import { PostgresServer } from "../../../commands-example/services/postgres-server.ts";
import { startPostgresFromCopy } from "../postgres.ts";

let postgres: PGlite;
let server: PostgresServer;

beforeAll(async () => {
  postgres = await startPostgresFromCopy();
  server = await PostgresServer.start(postgres);
});
beforeEach(() => postgres.exec("delete from exercises"));
afterAll(async () => {
  await server.stop();
  await postgres.close();
});

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.url });
  client.on("error", () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const insert = (client: pg.Client, folder: string): Promise<unknown> =>
  client.query("insert into exercises (folder) values ($1)", [folder]);

async function folders(client: pg.Client): Promise<unknown[]> {
  const { rows } = await client.query<{ folder: string }>(
    "select folder from exercises order by 1",
  );
  return rows.map(({ folder }) => folder);
}

async function count(client: pg.Client, name: string): Promise<unknown[]> {
  const counted: unknown[] = [];
  for (const number of [0, 1, 2, 3]) {
    const { rows } = await client.query<{ said: string }>("select $1 || $2::int as said", [
      name,
      number,
    ]);
    counted.push(rows[0]?.said);
  }
  return counted;
}

describe("PostgresServer", () => {
  it("keeps what clients ask at the same time apart", async () => {
    const clients = await Promise.all([connect(), connect(), connect()]);

    const answers = await Promise.all(clients.map((client, index) => count(client, `${index}: `)));

    expect(answers).toEqual(["0: ", "1: ", "2: "].map((name) => [0, 1, 2, 3].map((n) => name + n)));
  });

  it("gives no client a look into another's transaction", async () => {
    const [one, other] = await Promise.all([connect(), connect()]);
    await one.query("begin");
    await insert(one, "a");

    const seen = folders(other);
    await insert(one, "b");
    await one.query("commit");

    expect(await seen).toEqual(["a", "b"]);
  });

  it("undoes the transaction of a client that is gone", async () => {
    const [one, other] = await Promise.all([connect(), connect()]);
    await one.query("begin");
    await insert(one, "a");

    const ended = new Promise<void>((resolve) => one.once("end", resolve));
    one.connection.stream.destroy();
    await ended;

    expect(await folders(other)).toEqual([]);
  });

  it("goes on after a statement that fails, in a transaction too", async () => {
    const client = await connect();

    await expect(client.query("select $1::int", ["x"])).rejects.toThrow("invalid input syntax");
    await client.query("begin");
    await expect(client.query("nonsense")).rejects.toThrow("syntax error");
    await client.query("rollback");

    expect(await folders(client)).toEqual([]);
  });
});
