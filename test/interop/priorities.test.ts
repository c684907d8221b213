import { beforeAll, describe, expect, it } from "vitest";
import { registerCommands } from "mandate";
import { BesideRuby, cannotRun } from "./beside-ruby.ts";
import { PlainWorker } from "./ours.ts";

const LANE = "mandate:lane:default";

describe.skipIf(cannotRun)("Jobs with a priority in a queue", () => {
  beforeAll(() => registerCommands(PlainWorker));

  it("run in Ruby where it alone serves the queue", async () => {
    const beside = await BesideRuby.start();
    const urgent = await PlainWorker.set({ priority: -1 }).performLater("urgent");
    const bulk = await PlainWorker.set({ priority: 10 }).performLater("bulk");

    beside.ruby.worker("--queues", "default");
    await beside.until(async () => (await beside.results()).length === 2);

    const ran = (await beside.results()).map(({ jid }) => jid);
    expect(ran.toSorted()).toEqual([urgent.id, bulk.id].toSorted());
  });

  it("run in Ruby after the last of ours has left", async () => {
    const beside = await BesideRuby.start();
    await beside.adapter.store.pause("default");
    const worker = await beside.worker({ queues: ["default"] });
    const urgent = await PlainWorker.set({ priority: -1 }).performLater("urgent");
    const waiting = await beside.redis.zcard(LANE);

    await worker.stop();
    beside.ruby.worker("--queues", "default");
    await beside.until(async () => (await beside.resultOf(urgent.id)) !== undefined);

    expect(waiting).toBe(1);
    expect(await beside.resultOf(urgent.id)).toMatchObject({ worker: "PlainWorker" });
    expect(await beside.redis.exists(LANE, "mandate:lanes")).toBe(0);
  });
});
