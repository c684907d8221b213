import { configure, registerCommands, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { BesideRuby, cannotRun } from "./beside-ruby.ts";
import { PlainWorker, SleepWorker } from "./ours.ts";

describe.skipIf(cannotRun)("Prerequisites that Ruby runs", () => {
  beforeAll(() => registerCommands(PlainWorker, SleepWorker));

  it("hold ours back until Ruby is done with them, whoever enqueued them", async () => {
    const beside = await BesideRuby.start();
    // As Sidekiq 6.4's.
    const options = { url: beside.server.url, sidekiqHeartbeat: 5, logger: silentLogger };
    const adapter = new RedisAdapter(options);
    onTestFinished(() => adapter.close());
    configure({ adapter });
    const [theirs = ""] = (await beside.ruby.enqueue("plain/json_args"))["json_args"] ?? [];
    const ours = await SleepWorker.set({ queue: "slow" }).performLater(7);
    const behindTheirs = await after(theirs);
    const behindOurs = await after(ours.id);
    const before = [await behindTheirs.status(), await behindOurs.status()];

    const worker = beside.ruby.worker("--queues", "slow,default");
    const done = new Map<string, unknown>();
    const look = async (): Promise<boolean> => {
      await adapter.sweep();
      await adapter.releaseBlocked();
      for (const [job, prereq] of [
        [behindTheirs, theirs],
        [behindOurs, ours.id],
      ] as const) {
        if (!done.has(prereq) && (await job.status()) === "enqueued") {
          done.set(prereq, (await beside.resultOf(prereq))?.jid);
        }
      }
      return done.size === 2;
    };
    await beside.until(look);
    await worker.kill();

    expect(before).toEqual(["blocked", "blocked"]);
    // Each was released after its prerequisite had told of its end.
    expect([...done]).toEqual([
      [theirs, theirs],
      [ours.id, ours.id],
    ]);
    expect(await ours.status()).toBe("finished");
  });
});

function after(jid: string): ReturnType<typeof PlainWorker.performLater> {
  return PlainWorker.set({ queue: "after", prereqJobs: [jid] }).performLater("after");
}
