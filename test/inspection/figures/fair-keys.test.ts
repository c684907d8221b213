import { Command, deferAll, fairKeys, type Adapter } from "mandate";
import { expect, it, onTestFinished } from "vitest";
import { onEachStore } from "../on-each-store.ts";

class ImportRow extends Command.initializeWith((account: number, row = "") => ({ account, row })) {
  static {
    this.queueAs("imports");
    this.fairBy((account) => account);
  }

  call(): void {}
}

onEachStore("fairKeys", (store) => {
  it("tells whose the first jobs of a queue are", async () => {
    await deferAll(Array.from({ length: 5 }, () => ImportRow.prepare(7)));
    await ImportRow.defer(8);
    await ImportRow.set({ fairKey: "a file" }).defer(8);
    await ImportRow.set({ priority: 3 }).defer(8);

    const keys = await fairKeys("imports");

    expect(keys[0]).toEqual({ key: "7", waiting: 5 });
    expect(keys.slice(1)).toEqual(
      expect.arrayContaining([
        { key: "8", waiting: 2 },
        { key: "a file", waiting: 1 },
      ]),
    );
  });

  it("has a part for what has no key, beside those that have", async () => {
    class Other extends Command {
      static {
        this.queueAs("imports");
      }
      call(): void {}
    }
    await deferAll([ImportRow.prepare(7), Other.prepare(), Other.prepare()]);

    expect(await fairKeys("imports")).toEqual([
      { key: undefined, waiting: 2 },
      { key: "7", waiting: 1 },
    ]);
    expect(await fairKeys("nothing")).toEqual([]);
  });

  it("says nothing of a queue in which nobody takes turns", async () => {
    class Plain extends Command {
      call(): void {}
    }
    await Plain.defer();

    expect(await fairKeys("default")).toEqual([]);
  });

  it("looks at the first 1,000, and sees in them whoever takes turns", async () => {
    await serve(store.adapter);
    await deferAll(Array.from({ length: 1_500 }, () => ImportRow.prepare(7)));
    await ImportRow.defer(8);

    expect(await fairKeys("imports")).toEqual([
      { key: "7", waiting: 999 },
      { key: "8", waiting: 1 },
    ]);
  });
});

/** On Redis keys stand in turns while a worker serves their queue. */
async function serve(adapter: Adapter): Promise<void> {
  const lease = await adapter.lease({
    identity: "host:1:000000000000",
    ttl: 60,
    info: {
      hostname: "host",
      pid: 1,
      tag: "",
      startedAt: 1.5,
      concurrency: 1,
      queues: [["imports", 1]],
    },
    state: () => ({ quiet: false, busy: 0 }),
    onWork: () => undefined,
    onDue: () => undefined,
  });
  onTestFinished(() => lease.close());
}
