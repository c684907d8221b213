// A worker that is started ahead: it loads everything, says so, and works once it is told to.
import { openSync } from "node:fs";
import { configure, registerCommands } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";
import { GUARDED } from "../guarded-work.ts";
import { LIMITED } from "../job-holds.ts";
import { Marks } from "../marks.ts";
import { noteIn, Work } from "../work.ts";

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

process.on("message", () => void start());
process.on("SIGTERM", () => void worker.stop().then(() => process.exit(0)));
// Whoever started it is gone.
process.on("disconnect", () => process.exit(1));
process.send?.("loaded");

/** Redis may be away at the time. */
async function start(): Promise<void> {
  try {
    await worker.start();
  } catch {
    setTimeout(() => void start(), 100);
  }
}
