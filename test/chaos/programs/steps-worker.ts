// A worker that is started ahead: it loads everything, says so, and works once it is told to.
import { openSync } from "node:fs";
import { configure, registerCommands } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";
import { noteIn, Rows } from "../steps/rows.ts";
import { workWhenTold } from "./work-when-told.ts";

const { REDIS_URL: url = "", LEDGER: ledger = "", LEASE_TTL: ttl, CONCURRENCY } = process.env;
await import("ioredis");
noteIn(openSync(ledger, "a"));
registerCommands(Rows);
configure({ adapter: new RedisAdapter({ url }) });
const worker = new Worker({
  queues: ["default"],
  concurrency: Number(CONCURRENCY),
  leaseTtl: Number(ttl),
  shutdownTimeout: 5,
});

workWhenTold(worker);
