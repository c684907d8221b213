import { Command } from "mandate";
import { completeWithin, deferWithin } from "mandate/postgres";
import type { Pool, PoolClient } from "pg";

export const TABLES = `
CREATE TABLE wanted (id text NOT NULL);
CREATE TABLE done (id text NOT NULL);
CREATE TABLE counter (value int NOT NULL);
INSERT INTO counter VALUES (0);
`;

let database: Pool | undefined;

export function countIn(pool: Pool): void {
  database = pool;
}

/** A job whose effect is a row and a counter, committed together with its end. */
export class Count extends Command.initializeWith((id: string) => ({ id })) {
  // A bundler may rename the class.
  static override readonly commandName = "Count";

  static {
    // Connections are ended all the time, and nobody is to wait long for the last ones.
    this.retryOn(Error, { wait: "1 second", attempts: 100 });
  }

  async call(): Promise<void> {
    await inTransaction(async (client) => {
      await client.query("INSERT INTO done VALUES ($1)", [this.id]);
      await client.query("UPDATE counter SET value = value + 1");
      await completeWithin(client);
      return true;
    });
  }
}

/** Defers one in a transaction with a row that says so, which is rolled back or committed. */
export async function want(id: string, isMeant: boolean): Promise<void> {
  await inTransaction(async (client) => {
    await client.query("INSERT INTO wanted VALUES ($1)", [id]);
    await deferWithin(client, () => Count.defer(id));
    return isMeant;
  });
}

/** @param work Answers whether to commit. */
async function inTransaction(work: (client: PoolClient) => Promise<boolean>): Promise<void> {
  if (database === undefined) throw new Error("Call countIn first");
  const client = await database.connect();
  let failure: Error | undefined;
  try {
    await client.query("BEGIN");
    await client.query((await work(client)) ? "COMMIT" : "ROLLBACK");
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    // One that failed is not used again: what of its transaction was done nobody knows.
    client.release(failure);
  }
}
