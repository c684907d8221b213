// A worker in a process of its own, beside Ruby's. What it does is told by its environment.
import { Command, configure, Job, registerCommands, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";
import { Redis } from "ioredis";
import type { JobHandle } from "mandate";

const url = process.env["REDIS_URL"] ?? "";
const redis = new Redis(url);

/** As Ruby's `Accounted`. */
async function account(job: JobHandle | undefined, id: string, flaky: boolean): Promise<void> {
  const jid = job?.id ?? "";
  await redis.rpush("interop:begun", JSON.stringify(["typescript", process.pid, jid]));
  if (flaky && (await redis.incr(`interop:count:${jid}`)) === 1) {
    throw new Error("flaky");
  }
  await redis.rpush("interop:done", JSON.stringify(["typescript", process.pid, jid, id]));
}

class CountWorker extends Job {
  perform(id: string, flaky = false): Promise<void> {
    return account(this.job, id, flaky);
  }
}

class CountJob extends Job {
  perform(id: string, { flaky = false }: { flaky?: boolean } = {}): Promise<void> {
    return account(this.job, id, flaky);
  }
}

interface Options {
  readonly flaky?: boolean;
}

class CountCommand extends Command.initializeWith((id: string, options: Options = {}) => ({
  id,
  options,
})) {
  static override readonly commandName = "Interop::CountCommand";

  call(): Promise<void> {
    return account(this.job, this.id, this.options.flaky ?? false);
  }
}

registerCommands(CountWorker, CountJob, CountCommand);
configure({ adapter: new RedisAdapter({ url }), logger: silentLogger });
const worker = new Worker({
  queues: ["default"],
  concurrency: 10,
  leaseTtl: Number(process.env["LEASE_TTL"] ?? 60),
});
await worker.start();
process.stdout.write("started\n");
process.on("SIGTERM", () => {
  void worker.stop().then(() => process.exit(0));
});
