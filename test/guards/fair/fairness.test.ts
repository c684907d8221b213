import { Command, configure, MemoryAdapter } from "mandate";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { setQueueFairness } from "../../../src/guards/fair/queue-fairness.ts";
import { settings } from "../../../src/job/settings/settings.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { SmallAdapter } from "../../adapters/small-adapter.ts";

/** Whose jobs are fetched, one after the other. */
async function order(adapter: MemoryAdapter, queue = "default"): Promise<string> {
  const lease = await adapter.lease({
    identity: "fair:1:000000000000",
    ttl: Infinity,
    info: {
      hostname: "fair",
      pid: 1,
      tag: "",
      startedAt: 0,
      concurrency: 1,
      queues: [["*", 1]],
    },
    state: () => ({ quiet: false, busy: 0 }),
    onWork: () => {},
    onDue: () => {},
  });
  const { jobs } = await lease.exchange([], { queues: [queue], limit: 100 });
  await lease.close();
  return jobs
    .map(({ payload }) => (JSON.parse(payload) as { args: unknown[] }).args.slice(1).join(""))
    .join(" ");
}

describe("fairBy", () => {
  let adapter: MemoryAdapter;

  beforeEach(() => {
    adapter = new MemoryAdapter({ logger: silentLogger });
    configure({ adapter, reloading: true, logger: silentLogger });
    onTestFinished(async () => {
      setQueueFairness({});
      await adapter.close();
    });
  });

  it("lets those take turns for whom its function returns different things", async () => {
    class ImportRow extends Command.initializeWith((account: string, row: number) => ({
      account,
      row,
    })) {
      static {
        this.fairBy((account) => account);
      }

      call(): void {}
    }
    for (const row of [1, 2, 3]) await ImportRow.defer("a", row);
    const job = await ImportRow.defer("b", 1);
    await ImportRow.defer("b", 2);

    expect(job.record.fair_key).toBe("b");
    expect(await order(adapter)).toBe("a1 b1 a2 b2 a3");
  });

  it("is about a queue's jobs, whatever their class", async () => {
    class Import extends Command.initializeWith((account: string, row: number) => ({
      account,
      row,
    })) {
      static {
        this.fairBy((account) => account);
      }

      call(): void {}
    }
    class Export extends Command.initializeWith((row: number, account: string) => ({
      row,
      account,
    })) {
      static {
        this.fairBy((_row, account) => account);
      }

      call(): void {}
    }
    await Import.defer("a", 1);
    await Export.defer(2, "a");
    await Export.defer(1, "b");

    expect(await order(adapter)).toBe("a1 1b 2a");
  });

  it("is inherited, replaced, and taken back", async () => {
    class Parent extends Command.initializeWith((account: string) => ({ account })) {
      static {
        this.fairBy((account) => account);
      }

      call(): void {}
    }
    class Child extends Parent {}
    class Other extends Parent {
      static {
        this.fairBy((account) => [account, "other"]);
      }

      override call(): void {}
    }
    class Free extends Parent {
      static {
        this.fairBy(false);
      }

      override call(): void {}
    }

    const jobs = [await Child.defer("a"), await Other.defer("a"), await Free.defer("a")];

    expect(jobs.map(({ record }) => record.fair_key)).toEqual(["a", '["a","other"]', undefined]);
  });

  it("gives a job no key for null, and one call the key that it says", async () => {
    class Maybe extends Command.initializeWith((account: string | null) => ({ account })) {
      static {
        this.fairBy((account) => account);
      }

      call(): void {}
    }
    class Plain extends Command.initializeWith((account: string) => ({ account })) {
      call(): void {}
    }

    expect((await Maybe.defer(null)).record.fair_key).toBeUndefined();
    expect((await Maybe.set({ fairKey: "tenant 7" }).defer("a")).record.fair_key).toBe("tenant 7");
    expect((await Plain.set({ fairKey: "x" }).defer("a")).record.fair_key).toBe("x");
  });

  it("rejects a job whose key cannot be made, and enqueues nothing", async () => {
    class Broken extends Command.initializeWith((account: string) => ({ account })) {
      static {
        this.fairBy((account) => (account === "" ? undefined : Promise.resolve(account)));
      }

      call(): void {}
    }

    await expect(Broken.defer("")).rejects.toThrow(
      'Cannot make the key of Broken for fairBy: its function "by" returned undefined. ' +
        "Return at once what tells these jobs apart: texts, numbers, records",
    );
    await expect(Broken.defer("a")).rejects.toThrow(/returned a promise/);
    expect(await adapter.store.size({ queue: "default" })).toBe(0);
  });

  it("refuses what is no function, and a key that is no text", async () => {
    class Plain extends Command.initializeWith((account: string) => ({ account })) {
      call(): void {}
    }

    expect(() => Plain.fairBy("account" as never)).toThrow(
      new TypeError('Cannot use "account" in fairBy of Plain: give a function'),
    );
    expect(() => Plain.set({ fairKey: "" })).toThrow(
      'Cannot use "" as fairKey in the options of Plain: give a text that is not empty',
    );
  });

  it("refuses a store that lets no keys take turns", async () => {
    class ImportRow extends Command.initializeWith((account: string) => ({ account })) {
      static {
        this.fairBy((account) => account);
      }

      call(): void {}
    }
    settings().adapter = new SmallAdapter();

    await expect(ImportRow.defer("a")).rejects.toThrow(
      'Cannot let jobs of ImportRow take turns: adapter "small" knows no keys that do. ' +
        "Use one that does, such as Redis's",
    );
  });
});

describe("fairness of a queue", () => {
  class Import extends Command.initializeWith((account: string, row: number) => ({
    account,
    row,
  })) {
    call(): void {}
  }
  class Own extends Import {
    static {
      this.fairBy((_account, row) => row);
    }
  }

  beforeEach(() => {
    const adapter = new MemoryAdapter({ logger: silentLogger });
    configure({ adapter, reloading: true, logger: silentLogger });
    onTestFinished(async () => {
      configure({ queues: {} });
      await adapter.close();
    });
  });

  it("says whose the jobs are whose classes do not say", async () => {
    configure({
      queues: {
        imports: {
          concurrency: 4,
          fairness: ({ args: [account], record }) => record.tags?.[0] ?? account,
        },
        default: { fairness: "class" },
      },
    });

    const jobs = [
      await Import.set({ queue: "imports" }).defer("a", 1),
      await Import.set({ queue: "imports", tags: ["vip"] }).defer("a", 2),
      await Own.set({ queue: "imports" }).defer("a", 3),
      await Import.defer("a", 4),
      await Import.set({ queue: "other" }).defer("a", 5),
    ];

    expect(jobs.map(({ record }) => record.fair_key)).toEqual([
      "a",
      "vip",
      "3",
      "Import",
      undefined,
    ]);
  });

  it("gives a job no key where it returns nothing", async () => {
    configure({ queues: { default: { fairness: () => undefined } } });

    expect((await Import.defer("a", 1)).record.fair_key).toBeUndefined();
  });

  it("refuses what is neither", () => {
    expect(() => configure({ queues: { default: { fairness: "account" as never } } })).toThrow(
      new TypeError(
        'Cannot use "account" as fairness of queue "default" of configure: ' +
          'give "class", or a function of the job that says whose it is',
      ),
    );
  });
});
