// A worker, and somebody who gives it a job every ten milliseconds. How many milliseconds each waited is in the list
// "waited".
import { Command, configure, registerCommands } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";
import { Redis } from "ioredis";

const url = process.env["REDIS_URL"] ?? "";
const notes = new Redis(url);

class Arrive extends Command.initializeWith((dueMs: number) => ({ dueMs })) {
  static {
    this.queueAs("urgent");
  }

  async call(): Promise<void> {
    await notes.rpush("waited", Date.now() - this.dueMs);
  }
}

registerCommands(Arrive);
configure({ adapter: new RedisAdapter({ url }) });
await new Worker({ queues: ["urgent"], concurrency: 5 }).start();
setInterval(() => void Arrive.defer(Date.now()), 10);
