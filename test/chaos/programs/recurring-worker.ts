// A worker that comes with recurring jobs, started ahead: it works once it is told to.
import { openSync } from "node:fs";
import { configure, registerCommands } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";
import { declare, noteIn, SERVED, Tick, type Release } from "../recurring/tick.ts";
import { workWhenTold } from "./work-when-told.ts";

const { REDIS_URL: url = "", LEDGER: ledger = "", LEASE_TTL: ttl, CONCURRENCY } = process.env;
await import("ioredis");
noteIn(openSync(ledger, "a"));
registerCommands(Tick);
declare(Number(process.env["SCHEDULES"]), process.env["RELEASE"] as Release);
configure({ adapter: new RedisAdapter({ url }) });
const worker = new Worker({
  queues: [SERVED],
  concurrency: Number(CONCURRENCY),
  leaseTtl: Number(ttl),
  shutdownTimeout: 5,
});

workWhenTold(worker);
