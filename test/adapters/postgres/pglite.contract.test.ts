import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll } from "vitest";
import { adapterContract } from "../../../src/adapter-contract/contract.ts";
import { PostgresStores } from "./postgres-store.ts";

const pglite = new PGlite();
const stores = new PostgresStores((text) => pglite.exec(text));
// A busy machine takes a minute to start it.
beforeAll(() => stores.ready(), 180_000);
afterAll(() => pglite.close());

// What differs there is how statements are sent and heard of; the statements are the same.
adapterContract("PostgresAdapter on PGlite", () => stores.next({ pglite }), {
  parts: ["settle", "lease", "notices", "results", "documents"],
});
