import { Command, deferAll } from "mandate";
import { beforeEach, describe, expect, it } from "vitest";
import { onEachEngine } from "../guard-rig.ts";

const ran: string[] = [];

class Index extends Command.initializeWith((id: number, text: string) => ({ id, text })) {
  static {
    this.debounce("5 seconds", { by: (id) => id, maxWait: "12 seconds" });
  }

  call(): void {
    ran.push(this.text);
  }
}

beforeEach(() => {
  ran.length = 0;
});

describe("debounced jobs", () => {
  onEachEngine((open) => {
    it("run once, with the last arguments, so long after the last call", async () => {
      const rig = await open();
      const first = await Index.defer(1, "a");
      await rig.elapse(3);
      const second = await Index.defer(1, "b");
      const other = await Index.defer(2, "other");

      expect([first.isDuplicate, second.isDuplicate, other.isDuplicate]).toEqual([
        false,
        true,
        false,
      ]);
      expect(second.id).toBe(first.id);
      expect(second.scheduledAt).toBeInstanceOf(Date);
      await rig.elapse(3);
      expect(await rig.work()).toEqual([]);
      await rig.elapse(3);
      expect(await rig.work()).toEqual(["done", "done"]);
      expect(ran.toSorted()).toEqual(["b", "other"]);
    });

    it("run so long after the first call at the latest", async () => {
      const rig = await open();
      for (const text of ["a", "b", "c"]) {
        await Index.defer(1, text);
        await rig.elapse(4);
      }

      await Index.defer(1, "d");
      await rig.elapse(0.5);

      expect(await rig.work()).toEqual(["done"]);
      expect(ran).toEqual(["d"]);
    });

    it("make the next one once a run began", async () => {
      const rig = await open();
      await Index.defer(1, "a");
      await rig.elapse(6);
      const lease = await rig.lease();
      const running = await rig.fetch(lease);

      const next = await Index.defer(1, "b");

      expect(next.isDuplicate).toBe(false);
      await rig.runOn(lease, running as never);
      await rig.elapse(6);
      expect(await rig.work()).toEqual(["done"]);
      expect(ran).toEqual(["a", "b"]);
    });

    it("are one of those in a deferAll, with the arguments of the last", async () => {
      const rig = await open();

      const handles = await deferAll(["a", "b", "c"].map((text) => Index.prepare(1, text)));

      expect(handles.map((job) => job.isDuplicate)).toEqual([false, true, true]);
      expect(new Set(handles.map(({ id }) => id)).size).toBe(1);
      await rig.elapse(6);
      await rig.work();
      expect(ran).toEqual(["c"]);
    });

    it("are due when the call says, if it does", async () => {
      const rig = await open();
      await Index.set({ wait: 0 }).defer(1, "now");
      await Index.set({ waitUntil: new Date(0) }).defer(2, "past");
      await Index.set({ unique: false }).defer(3, "not at all");

      expect(await rig.work()).toEqual(["done", "done", "done"]);
    });
  });
});
