import { startWorker } from "mandate/worker";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  Batch,
  BatchCancelledError,
  BatchClosedError,
  Command,
  configure,
  deferAll,
} from "mandate";
import { settings } from "../../src/job/settings/settings.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { onEachEngine } from "../guards/guard-rig.ts";

const seen: string[] = [];
const adding: { inside: (batch: Batch | undefined) => unknown } = { inside: () => undefined };

class Work extends Command.initializeWith((name: string) => ({ name })) {
  static {
    this.retry(0);
  }
  async call() {
    if (this.name.startsWith("bad")) throw new Error(`cannot do ${this.name}`);
    if (this.name === "adding") await adding.inside(this.batch);
    seen.push(this.name);
  }
}

class Note extends Command.initializeWith((text: string) => ({ text })) {
  async call() {
    const status = await this.batch?.status();
    const incomplete = status?.incomplete === true ? " incomplete" : "";
    seen.push(`${this.text} ${status?.done}/${status?.total}${incomplete}`);
  }
}

class Wait extends Command {
  async call() {
    await new Promise((resolve) => this.signal.addEventListener("abort", resolve));
    seen.push("aborted");
    this.signal.throwIfAborted();
  }
}

/** A busy machine may take its time. */
const SOON = { timeout: 20_000 };

const callbacks = (): object => ({
  onSuccess: Note.prepare("success"),
  onComplete: Note.prepare("complete"),
  onDeath: Note.prepare("death"),
});

describe("Batch", () => {
  onEachEngine((open) => {
    async function work(): Promise<void> {
      const rig = await open();
      const before = settings().adapter;
      configure({ adapter: rig.adapter, logger: silentLogger });
      const worker = await startWorker({ concurrency: 2, logger: silentLogger });
      onTestFinished(async () => {
        await worker.stop();
        configure({ adapter: before });
      });
      seen.length = 0;
      adding.inside = () => undefined;
    }

    it("enqueues its callbacks once its jobs are done", async () => {
      await work();

      const batch = await Batch.create({ description: "two", ...callbacks() }, async () => {
        await Work.defer("a");
        await Work.defer("b");
      });
      const { completedAt } = await batch.completed();

      await expect.poll(() => seen.length, SOON).toBe(4);
      expect(completedAt).toBeInstanceOf(Date);
      expect(seen.toSorted()).toEqual(["a", "b", "complete 2/2", "success 2/2"]);
      expect(await batch.status()).toMatchObject({
        description: "two",
        total: 2,
        pending: 0,
        running: 0,
        done: 2,
        failed: 0,
        dead: 0,
        failures: [],
        open: false,
        incomplete: false,
      });
    });

    it("tells of a death, and is a success once the dead are retried and done", async () => {
      await work();
      const batch = await Batch.create(callbacks(), () => Work.defer("bad"));
      await expect.poll(() => seen.toSorted(), SOON).toEqual(["complete 0/1", "death 0/1"]);
      const { failures, dead, pending } = await batch.status();
      expect([dead, pending]).toEqual([1, 0]);
      expect(failures).toMatchObject([{ errorClass: "Error", errorMessage: "cannot do bad" }]);

      const call = vi.spyOn(Work.prototype, "call").mockImplementation(async () => {});
      onTestFinished(() => call.mockRestore());
      expect(await batch.retryDead()).toBe(1);

      await expect.poll(() => seen, SOON).toContain("success 1/1");
    });

    it("takes more in its jobs, and batches too", async () => {
      await work();
      adding.inside = async (batch) => {
        await batch?.add(() => Work.defer("added"));
        await Batch.create({ onSuccess: Note.prepare("inner") }, () => Work.defer("nested"));
      };

      const batch = await Batch.create(callbacks(), () => Work.defer("adding"));

      await expect.poll(() => seen, SOON).toContain("success 2/2");
      expect(seen).toContain("inner 1/1");
      expect(seen.indexOf("nested")).toBeLessThan(seen.indexOf("success 2/2"));
      expect(await batch.status()).toMatchObject({ total: 2, children: 1 });
    });

    it("is incomplete, and no success, where its block throws", async () => {
      await work();

      const creating = Batch.create(callbacks(), async () => {
        await Work.defer("a");
        throw new Error("no more rows");
      });

      await expect(creating).rejects.toThrow("no more rows");
      await expect.poll(() => seen.toSorted(), SOON).toEqual(["a", "complete 1/1 incomplete"]);
    });

    it("sends nothing where it is atomic and its block throws", async () => {
      await work();

      const creating = Batch.create({ atomic: true, ...callbacks() }, async () => {
        await Work.defer("a");
        throw new Error("no more rows");
      });

      await expect(creating).rejects.toThrow("no more rows");
      await expect.poll(() => seen, SOON).toEqual(["complete 0/0 incomplete"]);
    });

    it("sends all at the end of its block where it is atomic", async () => {
      await work();

      const batch = await Batch.create({ atomic: true }, async (filled) => {
        await Work.defer("a");
        expect((await filled.status()).total).toBe(0);
      });

      expect((await batch.completed()).total).toBe(1);
    });

    it("is a success at once where it is empty", async () => {
      await work();

      await Batch.create(callbacks(), () => undefined);

      await expect.poll(() => seen.toSorted(), SOON).toEqual(["complete 0/0", "success 0/0"]);
    });

    it("takes jobs from outside as long as it is kept open", async () => {
      await work();
      const batch = await Batch.create({ keepOpen: true, ...callbacks() });
      await batch.add(() => Work.defer("a"));
      await batch.add(() => Work.defer("b"));
      expect(await batch.status()).toMatchObject({ total: 2, open: true });

      expect(await batch.close()).toBe(true);

      await expect.poll(() => seen, SOON).toContain("success 2/2");
      await expect(batch.add(() => Work.defer("c"))).rejects.toThrow(BatchClosedError);
    });

    it("is cancelled: what waits goes, what runs is told, and it takes no more", async () => {
      await work();
      const batch = await Batch.create(callbacks(), async () => {
        await Wait.defer();
        await Wait.defer();
        await Work.defer("a");
        await Work.set({ wait: 3_600 }).defer("later");
      });
      await expect.poll(async () => (await batch.status()).running, SOON).toBe(2);

      expect(await batch.cancel()).toBe(true);

      await expect
        .poll(() => seen.toSorted(), SOON)
        .toEqual(["aborted", "aborted", "complete 4/4"]);
      expect(await batch.cancel()).toBe(false);
      await expect(batch.add(() => Work.defer("b"))).rejects.toThrow(
        new BatchCancelledError(batch.id),
      );
      await expect(Batch.create({ parent: batch }, () => undefined)).rejects.toThrow(
        BatchCancelledError,
      );
    });

    it("reads no more of what waits than it has to, to cancel", async () => {
      const { adapter } = await open();
      const before = settings().adapter;
      configure({ adapter, logger: silentLogger });
      onTestFinished(() => configure({ adapter: before }));
      const batch = await Batch.create({}, () => deferAll([Work.prepare("a"), Work.prepare("b")]));
      await deferAll(Array.from({ length: 2_000 }, () => Work.prepare("beside")));
      const page = vi.spyOn(adapter.store, "page");

      await batch.cancel();
      expect(page.mock.calls.length).toBeLessThan(4);
      page.mockClear();
      const empty = await Batch.create({ keepOpen: true });
      await empty.cancel();

      expect(page.mock.calls.length).toBe(0);
      expect(await adapter.store.size({ queue: "default" })).toBe(2_000);
    });

    it("can be cancelled again where whoever did so ended before all was found", async () => {
      const { adapter } = await open();
      const before = settings().adapter;
      configure({ adapter, logger: silentLogger });
      onTestFinished(() => configure({ adapter: before }));
      const batch = await Batch.create({}, () => Work.defer("a"));
      const page = vi.spyOn(adapter.store, "page").mockRejectedValueOnce(new Error("gone"));
      await expect(batch.cancel()).rejects.toThrow("gone");
      page.mockRestore();

      expect(await batch.cancel()).toBe(true);

      expect(await batch.status()).toMatchObject({ pending: 0, done: 1 });
      expect(await batch.cancel()).toBe(false);
    });

    it("is found by its id", async () => {
      await work();
      const batch = await Batch.create({}, () => Work.defer("a"));

      expect((await Batch.find(batch.id))?.id).toBe(batch.id);
      expect(await Batch.find("unknown")).toBeUndefined();
      const all: string[] = [];
      for await (const { id } of Batch.all()) all.push(id);
      expect(all).toEqual([batch.id]);
    });
  });
});
