import { Batch, Command, configure, subscribe, type BatchEvent } from "mandate";
import { startWorker } from "mandate/worker";
import { describe, expect, it, onTestFinished } from "vitest";
import { settings } from "../../src/job/settings/settings.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { onEachEngine } from "../guards/guard-rig.ts";

class Work extends Command.initializeWith((isBad: boolean) => ({ isBad })) {
  static {
    this.retry(0);
  }
  call() {
    if (this.isBad) throw new Error("this job dies");
  }
}

describe("the event of batches", () => {
  onEachEngine((open) => {
    async function listen(): Promise<BatchEvent[]> {
      const { adapter } = await open();
      const before = settings().adapter;
      configure({ adapter, logger: silentLogger });
      const worker = await startWorker({ concurrency: 2, logger: silentLogger });
      const heard: BatchEvent[] = [];
      const stop = subscribe({ batch: (event) => heard.push(event) });
      onTestFinished(async () => {
        stop();
        await worker.stop();
        configure({ adapter: before });
      });
      return heard;
    }

    it("tells once of what happens to one, though it has no callbacks", async () => {
      const heard = await listen();

      const { id: batch } = await Batch.create({}, () => Work.defer(false));
      await expect.poll(() => heard.length).toBe(3);
      const bad = await Batch.create({}, () => Work.defer(true));
      await expect.poll(() => heard.length).toBe(6);

      expect(heard.slice(0, 3)).toEqual([
        { batch, what: "open" },
        { batch, what: "complete" },
        { batch, what: "success" },
      ]);
      expect(heard.slice(3).map(({ what }) => what)).toEqual(["open", "death", "complete"]);
      expect(heard.at(-1)?.batch).toBe(bad.id);
    });

    it("tells that one is cancelled", async () => {
      const heard = await listen();
      const batch = await Batch.create({ keepOpen: true });

      await batch.cancel();

      await expect
        .poll(() => heard.map(({ what }) => what).toSorted())
        .toEqual(["cancel", "complete", "open"]);
    });
  });
});
