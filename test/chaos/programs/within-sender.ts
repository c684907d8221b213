// Defers jobs in transactions, of which every other one is rolled back, until it is told to stop.
import { randomUUID } from "node:crypto";
import { configure } from "mandate";
import { PostgresAdapter } from "mandate/postgres";
import pg from "pg";
import { countIn, want } from "../within/count.ts";

const { STORE_URL: connectionString = "" } = process.env;
const pool = new pg.Pool({ connectionString, max: 4 });
// Of a connection that is ended a statement's error tells, too; and nobody hears of one that is idle.
pool.on("error", () => undefined);
pool.on("connect", (client) => client.on("error", () => undefined));
countIn(pool);
configure({ adapter: new PostgresAdapter({ connectionString }) });
let isEnough = false;

process.on(
  "message",
  () => void Promise.all([send(), send(), send(), send()]).then(() => process.exit(0)),
);
process.on("SIGTERM", () => (isEnough = true));
// Whoever started it is gone.
process.on("disconnect", () => process.exit(1));
process.send?.("loaded");

async function send(): Promise<void> {
  for (let count = 0; !isEnough; count += 1) {
    // What could not be said to be committed may be; its row says so then.
    await want(randomUUID(), count % 2 === 0).catch(() => undefined);
  }
}
