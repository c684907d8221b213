import { Batch, Command, configure, registerCommands, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { BesideRuby, cannotRun } from "./beside-ruby.ts";
import { PlainWorker } from "./ours.ts";

const told: string[] = [];

class Tell extends Command.initializeWith((event: string) => ({ event })) {
  call(): void {
    told.push(this.event);
  }
}

describe.skipIf(cannotRun)("A batch whose jobs Ruby deletes, kills and runs", () => {
  beforeAll(() => registerCommands(PlainWorker, Tell));

  it("learns of each end, and calls back", async () => {
    const beside = await BesideRuby.start();
    const adapter = new RedisAdapter({
      url: beside.server.url,
      // As Sidekiq 6.4's.
      sidekiqHeartbeat: 5,
      logger: silentLogger,
    });
    onTestFinished(() => adapter.close());
    configure({ adapter });
    const jobs: string[] = [];
    const batch = await Batch.create(
      {
        onComplete: Tell.set({ queue: "ours" }).prepare("complete"),
        onSuccess: Tell.set({ queue: "ours" }).prepare("success"),
        onDeath: Tell.set({ queue: "ours" }).prepare("death"),
      },
      async () => {
        for (const options of [{ queue: "default" }, { queue: "nobody" }, { wait: 3600 }]) {
          jobs.push((await PlainWorker.set(options).performLater()).id);
        }
      },
    );
    const [, deleted = "", killed = ""] = jobs;
    await beside.ruby.run("manage.rb", "delete", deleted);
    await beside.ruby.run("manage.rb", "kill", killed);
    const worker = beside.ruby.worker("--queues", "default");

    await beside.until(async () => {
      await adapter.sweep();
      return (await batch.status())?.pending === 1;
    });
    await worker.kill();
    const status = await batch.status();
    await beside.worker({ queues: ["ours"] });
    await beside.until(async () => told.length >= 2);

    expect(status).toMatchObject({ total: 3, pending: 1, dead: 1 });
    expect(told.toSorted()).toEqual(["complete", "death"]);
  });
});
