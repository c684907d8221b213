// A worker that is started ahead: it loads everything, says so, and works once it is told to.
import { openSync } from "node:fs";
import { configure, registerCommands } from "mandate";
import { Worker } from "mandate/worker";
import { impatientAdapter } from "../batches/impatient-adapter.ts";
import { lossLogger } from "../batches/lost-runs.ts";
import { Called, Doomed, Grow, Unit } from "../batches/members.ts";
import { noteIn } from "../batches/notes.ts";
import { workWhenTold } from "./work-when-told.ts";

const { REDIS_URL: url = "", LEDGER: ledger = "", LEASE_TTL: ttl, CONCURRENCY } = process.env;
await import("ioredis");
noteIn(openSync(ledger, "a"));
registerCommands(Unit, Doomed, Grow, Called);
configure({ adapter: impatientAdapter({ url }), logger: lossLogger() });
const worker = new Worker({
  queues: ["default"],
  concurrency: Number(CONCURRENCY),
  leaseTtl: Number(ttl),
  shutdownTimeout: 5,
});

workWhenTold(worker);
