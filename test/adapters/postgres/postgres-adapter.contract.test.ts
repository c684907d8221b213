import { afterAll, beforeAll, describe } from "vitest";
import { adapterContract } from "../../../src/adapter-contract/contract.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { missing } from "../../support/requires.ts";
import { PostgresStores, sharedPool } from "./postgres-store.ts";

describe.skipIf(missing("postgres"))("on a server", () => {
  let server: PostgresServer;
  let pool: ReturnType<typeof sharedPool>;
  let stores: PostgresStores;
  beforeAll(async () => {
    server = await PostgresServer.start({ max_connections: "200" });
    pool = sharedPool(server.url);
    stores = new PostgresStores((text) => pool.query(text));
  });
  afterAll(async () => {
    await pool.end();
    await server.dispose();
  });

  // More of them: SEQUENCES=200
  adapterContract("PostgresAdapter", () => stores.next({ pool }), {
    sequences: Number(process.env["SEQUENCES"] ?? 20),
  });
});
