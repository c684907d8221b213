// A worker on a SQLite file, started ahead: it loads everything, says so, and works once it is told to.
import { openSync } from "node:fs";
import { configure, registerCommands } from "mandate";
import { SqliteAdapter } from "mandate/sqlite";
import { Worker } from "mandate/worker";
import { LIMITED } from "../job-holds.ts";
import { noteIn, Work } from "../work.ts";
import { workWhenTold } from "./work-when-told.ts";

const { STORE_URL: file = "", LEDGER: ledger = "", LEASE_TTL: ttl, CONCURRENCY } = process.env;
noteIn(openSync(ledger, "a"));
registerCommands(Work);
configure({ adapter: new SqliteAdapter({ file }) });
const worker = new Worker({
  queues: [LIMITED, "default"],
  concurrency: Number(CONCURRENCY),
  leaseTtl: Number(ttl),
  shutdownTimeout: 5,
});

workWhenTold(worker);
