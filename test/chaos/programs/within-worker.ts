// A worker whose jobs end in transactions of their own, started ahead: it works once it is told to.
import { configure, registerCommands } from "mandate";
import { PostgresAdapter } from "mandate/postgres";
import { Worker } from "mandate/worker";
import pg from "pg";
import { Count, countIn } from "../within/count.ts";
import { workWhenTold } from "./work-when-told.ts";

const { STORE_URL: connectionString = "", LEASE_TTL: ttl, CONCURRENCY } = process.env;
const pool = new pg.Pool({ connectionString, max: Number(CONCURRENCY) });
// Of a connection that is ended a statement's error tells, too; and nobody hears of one that is idle.
pool.on("error", () => undefined);
pool.on("connect", (client) => client.on("error", () => undefined));
countIn(pool);
registerCommands(Count);
configure({ adapter: new PostgresAdapter({ connectionString }) });
const worker = new Worker({
  queues: ["default"],
  concurrency: Number(CONCURRENCY),
  leaseTtl: Number(ttl),
  shutdownTimeout: 5,
});

workWhenTold(worker);
