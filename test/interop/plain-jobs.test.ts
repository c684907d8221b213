import { registerCommands } from "mandate";
import { beforeAll, describe, expect, it } from "vitest";
import { BesideRuby, cannotRun, errorsIn } from "./beside-ruby.ts";
import { FailingWorker, LowWorker, PlainWorker, SleepWorker, recordIn } from "./ours.ts";

describe.skipIf(cannotRun)("Sidekiq's plain jobs", () => {
  beforeAll(() => registerCommands(FailingWorker, LowWorker, PlainWorker, SleepWorker));

  it("are performed here when Ruby enqueued them", async () => {
    const beside = await start();
    const jids = await beside.ruby.enqueue("plain/json_args", "plain/class_options");

    await beside.workOff("default", "low");

    expect(await beside.resultOf(jids["json_args"]?.[0])).toMatchObject({
      worker: "PlainWorker",
      args: [1, -2, 3.5, "text", null, true, false, [1, ["two", null]], { key: { deep: [1.25] } }],
      by: "typescript",
    });
    expect(await beside.resultOf(jids["class_options"]?.[0])).toMatchObject({
      worker: "LowWorker",
      args: ["x"],
    });
  });

  it("are performed by Ruby when they were enqueued here", async () => {
    const beside = await start();
    const job = await PlainWorker.performLater(1, "two", null, [true, { key: 2.5 }]);

    await beside.ruby.workOff("default");

    const hash = { hash: [["key", { float: "2.5" }]] };
    expect(await beside.resultOf(job.id)).toEqual({
      worker: "PlainWorker",
      jid: job.id,
      args: [1, "two", null, [true, hash]],
    });
    expect(await beside.placeOf(job.id)).toBeUndefined();
  });

  it("go on in Ruby when they failed here, and here when they failed in Ruby", async () => {
    const beside = await start();
    const [ours = ""] = (await beside.ruby.enqueue("failing/plain"))["plain"] ?? [];
    await beside.workOff("default");
    await beside.untilIn("retry", ours);
    const first = await beside.adapter.store.find({ set: "retry" }, ours);

    await beside.makeDue("retry");
    const worker = beside.ruby.worker("--queues", "default", "--poll", "0.2");
    await beside.until(async () => (await recordOf(beside, ours))["retry_count"] === 1);
    await worker.kill();
    const second = await recordOf(beside, ours);
    await beside.makeDue("retry");
    await beside.worker({ queues: ["default"] });
    await beside.until(async () => (await recordOf(beside, ours))["retry_count"] === 2);

    expect(JSON.parse(first?.payload ?? "")).toMatchObject({
      error_class: "Interop::Boom",
      error_message: "it broke",
      retry_count: 0,
    });
    expect(second).toMatchObject({
      error_class: "Interop::Boom",
      retry_count: 1,
      failed_at: (JSON.parse(first?.payload ?? "") as { failed_at: number }).failed_at,
    });
    expect(typeof second["retried_at"]).toBe("number");
  });

  it("show in Ruby's API wherever they are here", async () => {
    const beside = await start();
    await PlainWorker.set({ wait: "1 hour" }).performLater("later");
    const dying = await FailingWorker.performLater("dies");
    const failing = await FailingWorker.performLater("fails");
    const worker = await beside.worker({ queues: ["default"], concurrency: 3, tag: "ours" });
    await beside.untilIn("retry", dying.id);
    await beside.untilIn("retry", failing.id);
    await beside.ruby.run("manage.rb", "kill", dying.id);
    const asleep = await SleepWorker.performLater(300);
    await LowWorker.performLater("waits");
    await beside.untilIn("running", asleep.id);
    await beside.until(async () => (await beside.redis.keys("*:work")).length > 0);

    const report = (await beside.ruby.run("inspect.rb")) as Report;
    await worker.quiet();

    expect(errorsIn(report)).toEqual([]);
    expect(report.stats).toMatchObject({
      processed: 2,
      failed: 2,
      enqueued: 1,
      scheduled_size: 1,
      retry_size: 1,
      dead_size: 1,
      processes_size: 1,
      workers_size: 1,
    });
    expect(report.scheduled).toMatchObject([{ display_class: "PlainWorker", args: ["later"] }]);
    expect(report.retry).toMatchObject([{ jid: failing.id, has_error: true }]);
    expect(report.dead).toMatchObject([{ jid: dying.id }]);
    expect(report.processes).toMatchObject([{ tag: "ours", concurrency: 3, queues: ["default"] }]);
    expect(report.work).toMatchObject([{ queue: "default", jid: asleep.id }]);
  });

  it("are managed by Ruby's API", async () => {
    const beside = await start();
    const [retried, revived, deleted, due] = await Promise.all([
      FailingWorker.performLater("retried"),
      FailingWorker.performLater("revived"),
      FailingWorker.performLater("deleted"),
      PlainWorker.set({ wait: "1 hour" }).performLater("due"),
    ]);
    await beside.workOff("default");
    await beside.until(async () => (await beside.redis.zcard("retry")) === 3);

    await beside.ruby.run("manage.rb", "retry-now", retried.id);
    await beside.ruby.run("manage.rb", "kill", revived.id);
    expect(await beside.placeOf(revived.id)).toBe("dead");
    await beside.ruby.run("manage.rb", "revive", revived.id);
    await beside.ruby.run("manage.rb", "delete", deleted.id);
    await beside.ruby.run("manage.rb", "add-to-queue", due.id);

    expect(await beside.placeOf(retried.id)).toBe("queue:default");
    expect(await beside.placeOf(revived.id)).toBe("queue:default");
    expect(await beside.placeOf(deleted.id)).toBeUndefined();
    expect(await beside.placeOf(due.id)).toBe("queue:default");
    await beside.workOff("default");
    expect(await beside.resultOf(due.id)).toMatchObject({ args: ["due"] });
    await beside.untilIn("retry", retried.id);
    expect(await recordOf(beside, retried.id)).toMatchObject({ retry_count: 0 });
  });
});

interface Report {
  readonly stats: unknown;
  readonly scheduled: unknown;
  readonly retry: unknown;
  readonly dead: unknown;
  readonly processes: unknown;
  readonly work: unknown;
}

async function start(): Promise<BesideRuby> {
  const beside = await BesideRuby.start();
  recordIn(beside.redis);
  return beside;
}

/** A job's record in the retry set; `{}` where it is not there. */
async function recordOf(beside: BesideRuby, jid: string): Promise<Record<string, unknown>> {
  const stored = await beside.adapter.store.find({ set: "retry" }, jid);
  return JSON.parse(stored?.payload ?? "{}") as Record<string, unknown>;
}
