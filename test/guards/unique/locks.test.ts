import { Command, deferAll } from "mandate";
import { describe, expect, it } from "vitest";
import { locks, releaseLock, type Lock } from "../../../src/guards/unique/locks.ts";
import { LastingAdapter, Rig } from "../../job/rig.ts";
import { onEachEngine } from "../guard-rig.ts";

class Sync extends Command.initializeWith((id: number) => ({ id })) {
  static {
    this.unique({ ttl: "1 hour" });
  }

  call(): void {}
}

class Index extends Command {
  static {
    this.debounce(5);
  }

  call(): void {}
}

async function allLocks(): Promise<Lock[]> {
  const found: Lock[] = [];
  for await (const lock of locks()) found.push(lock);
  return found;
}

describe("locks", () => {
  onEachEngine((open) => {
    it("lists keys, who holds them, since when and until when", async () => {
      const rig = await open();
      const { id } = await Sync.defer(1);
      const index = await Index.defer();
      const now = await rig.adapter.store.now();

      const [debounced, unique, ...others] = (await allLocks()).toSorted((one, other) =>
        one.key < other.key ? -1 : 1,
      );

      expect(others).toEqual([]);
      expect(debounced).toMatchObject({ key: "unique:Index:", holder: index.id, until: undefined });
      expect(unique).toMatchObject({ key: "unique:Sync:1", holder: id });
      expect(Number(unique?.since) / 1000).toBeCloseTo(now, -1);
      expect(Number(unique?.until) / 1000).toBeCloseTo(now + 3_600, -1);
    });

    it("reads as many as there are, page by page", async () => {
      await open();
      await deferAll(Array.from({ length: 250 }, (_, id) => Sync.prepare(id)));

      const keys = (await allLocks()).map(({ key }) => key);

      expect(new Set(keys).size).toBe(250);
    });

    it("releases a key, so that another may be enqueued, and both run", async () => {
      const rig = await open();
      const { id } = await Sync.defer(1);

      expect(await releaseLock("unique:Sync:1")).toEqual([id]);

      expect(await releaseLock("unique:Sync:1")).toEqual([]);
      expect((await Sync.defer(1)).isDuplicate).toBe(false);
      expect(await rig.work()).toEqual(["done", "done"]);
      expect(await allLocks()).toEqual([]);
    });

    it("releases nothing but locks", async () => {
      const rig = await open();
      await rig.adapter.holds?.take("limit:a", "somebody", { seconds: 60 });

      expect(await releaseLock("limit:a")).toEqual([]);
    });
  });

  it("has none where the store keeps no keys", async () => {
    new Rig(new LastingAdapter());
    const adapter = { holds: undefined } as never;

    const { done } = await locks(adapter).next();

    expect([done, await releaseLock("unique:Sync:1", adapter)]).toEqual([true, []]);
  });
});
