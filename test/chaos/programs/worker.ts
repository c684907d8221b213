// A worker that is started ahead: it loads everything, says so, and works once it is told to.
import { openSync } from "node:fs";
import { configure, registerCommands } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";
import { GUARDED } from "../guarded-work.ts";
import { LIMITED } from "../job-holds.ts";
import { Marks } from "../marks.ts";
import { noteIn, Work } from "../work.ts";
import { workWhenTold } from "./work-when-told.ts";

const {
  REDIS_URL: url = "",
  LEDGER: ledger = "",
  LEASE_TTL: ttl,
  CONCURRENCY: concurrency,
} = process.env;
await import("ioredis");
noteIn(openSync(ledger, "a"), new Marks(url));
registerCommands(Work, ...GUARDED);
configure({ adapter: new RedisAdapter({ url }) });
const worker = new Worker({
  queues: [LIMITED, "default"],
  concurrency: Number(concurrency),
  leaseTtl: Number(ttl),
  shutdownTimeout: 5,
});

workWhenTold(worker);
