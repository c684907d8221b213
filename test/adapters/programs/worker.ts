// A worker in a process of its own, which tests disturb. It is told what to do by its environment.
import { Command, configure, registerCommands } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";

const url = process.env["REDIS_URL"] ?? "";
const { Redis } = await import("ioredis");
const notes = new Redis(url);

/** Notes that it ran, in Redis; a `busy` one computes for so many seconds before. */
class Note extends Command.initializeWith((name: string, busy: number = 0) => ({ name, busy })) {
  async call(): Promise<void> {
    await notes.rpush("begun", this.name);
    const until = performance.now() + this.busy * 1000;
    while (performance.now() < until);
    await notes.rpush("ran", this.name);
  }
}

registerCommands(Note);
configure({ adapter: new RedisAdapter({ url }) });
const worker = new Worker({
  concurrency: Number(process.env["CONCURRENCY"] ?? 5),
  leaseTtl: Number(process.env["LEASE_TTL"] ?? 60),
  shutdownTimeout: 1,
});
await worker.start();
process.on("SIGTERM", () => {
  void worker.stop().then(() => process.exit(0));
});
