import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Command, configure } from "../../src/index.ts";
import type { Documents } from "../../src/adapters/documents.ts";
import type { JobRecord } from "../../src/adapters/job-record.ts";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import { define } from "../../src/recurring/definition.ts";
import type { RecurringOptions } from "../../src/recurring/recurring-options.ts";
import { recurring } from "../../src/recurring/recurring.ts";
import { RecurringScheduler } from "../../src/recurring/scheduler/recurring-scheduler.ts";
import { silentLogger } from "../../src/support/logger.ts";

class Digest extends Command.initializeWith((kind = "daily") => ({ kind })) {
  call(): void {}
}

let adapter: MemoryAdapter;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-03-02T07:59:30Z") });
  adapter = new MemoryAdapter();
  configure({ adapter, logger: silentLogger });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a scheduler", () => {
  it("enqueues one job for each occurrence, however many there are", async () => {
    await started(defined("digest", "every minute"));
    await started(defined("digest", "every minute"));
    await started(defined("digest", "every minute"));

    await pass(180);

    expect(await occurrences()).toEqual(["digest 08:00:00", "digest 08:01:00", "digest 08:02:00"]);
  });

  it("enqueues what the class says, under a jid that follows from key and time", async () => {
    await started(defined("digest", "0 8 * * *"));

    await pass(60);

    const [record] = await records();
    expect(record).toMatchObject({
      class: "MandateJob",
      args: ["Digest", "weekly"],
      queue: "default",
      created_at: Date.parse("2026-03-02T08:00:00Z") / 1000 + 0.0001,
      recurring: { key: "digest", at: Date.parse("2026-03-02T08:00:00Z") / 1000 },
    });
    expect(record?.jid).toMatch(/^[0-9a-f]{24}$/);
  });

  it("makes up for nothing that was due before it was defined", async () => {
    await started(defined("digest", "0 7 * * *"));

    await pass(120);

    expect(await occurrences()).toEqual([]);
  });

  it.each([
    ["latest", ["digest 08:59:00", "digest 09:59:00"]],
    ["none", ["digest 09:59:00"]],
    ["all", ["digest 08:59:00", "digest 09:59:00"]],
  ] as const)("makes up for what was missed: %s", async (catchUp, expected) => {
    const definition = (): ReturnType<typeof defined> =>
      defined("digest", "59 * * * *", { catchUp });
    const first = await started(definition());
    await first.stop();
    await pass(3_600 + 1_800);

    await started(definition());
    await pass(1_800);

    expect(await occurrences()).toEqual(expected);
  });

  it("makes up for all within the time that is given", async () => {
    const options: RecurringOptions = { catchUp: "all", catchUpWithin: "3 hours" };
    const first = await started(defined("digest", "0 * * * *", options));
    await first.stop();
    await pass(5 * 3_600);

    await started(defined("digest", "0 * * * *", options));
    await pass(1);

    expect(await occurrences()).toEqual(["digest 10:00:00", "digest 11:00:00", "digest 12:00:00"]);
  });

  it("leaves an occurrence out while the job of the last one has not ended, or has it wait", async () => {
    await started(
      defined("skipped", "every minute", { overlap: "skip" }),
      defined("waiting", "every minute", { overlap: "wait" }),
    );

    await pass(100);

    expect(await occurrences()).toEqual(["skipped 08:00:00", "waiting 08:00:00"]);
    expect(await adapter.store.size({ set: "blocked" })).toBe(1);
    const skipped = await recurring.job("skipped").history();
    expect(skipped.map(({ status }) => status)).toEqual(["skipped", "enqueued"]);
  });

  it("runs nothing that is paused, and makes up for nothing when it is resumed", async () => {
    const scheduler = await started(defined("digest", "every minute"));
    await recurring.job("digest").pause();
    await pass(120);
    await scheduler.stop();
    await started(defined("digest", "every minute", { description: "A new release" }));
    await pass(120);
    expect(await occurrences()).toEqual([]);

    await recurring.job("digest").resume();
    await pass(60);

    expect(await occurrences()).toEqual(["digest 08:04:00"]);
  });

  it("hears at once of what is defined at run time", async () => {
    await started();
    await recurring.define("often", "every 10 seconds", Digest.prepare());

    await pass(25);

    expect(await occurrences()).toEqual(["often 07:59:40", "often 07:59:50"]);
  });

  describe("of two releases", () => {
    it("goes by the one that was first seen latest, as long as a worker knows it", async () => {
      const old = [defined("a", "0 * * * *"), defined("gone", "1 * * * *")];
      const fresh = [defined("a", "30 * * * *"), defined("b", "2 * * * *")];
      const before = await started(...old);
      await pass(60);
      expect(await occurrences()).toEqual(["a 08:00:00"]);

      const after = await started(...fresh);
      const restarted = await started(...old);
      await pass(45 * 60);
      expect(await occurrences()).toEqual([
        "a 08:00:00",
        "a 08:30:00",
        "b 08:02:00",
        "gone 08:01:00",
      ]);

      await Promise.all([before.stop(), restarted.stop()]);
      await pass(3_600);
      expect(await occurrences()).toEqual([
        "a 08:00:00",
        "a 08:30:00",
        "a 09:30:00",
        "b 08:02:00",
        "b 09:02:00",
        "gone 08:01:00",
      ]);

      await started(...old);
      await after.stop();
      await pass(30 * 60);
      expect(await occurrences()).toContain("a 10:00:00");
    });
  });
});

describe("a scheduler that is stopped while it begins", () => {
  it("leaves no worker behind that others would take for living", async () => {
    const { documents } = adapter;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let hasWritten = false;
    const slow: Documents = {
      read: async (names) => (await held, documents.read(names)),
      write: (document) => {
        hasWritten = true;
        return documents.write(document);
      },
      delete: (name, version) => documents.delete(name, version),
      list: (prefix, cursor, limit) => documents.list(prefix, cursor, limit),
      listen: (prefix, onChange) => documents.listen(prefix, onChange),
    };
    const definitions = [defined("digest", "0 * * * *")];
    const options = { adapter, logger: silentLogger, definitions, worker: "a", timeout: 5 };
    const scheduler = new RecurringScheduler({ ...options, documents: slow });
    scheduler.start();
    await pass(0);
    expect(hasWritten).toBe(true);

    const stopped = scheduler.stop();
    release();
    await stopped;

    expect((await documents.list("recurring:worker:", undefined, 9)).documents).toEqual([]);
  });
});

describe("what is kept of releases", () => {
  const sets = async (): Promise<string[]> => {
    const [document] = await adapter.documents.read(["recurring:job:digest"]);
    return Object.keys((JSON.parse(document?.text ?? "{}") as { sets?: object }).sets ?? {});
  };

  it("is what living workers know, however often is deployed", async () => {
    for (let release = 0; release < 5; release += 1) {
      const scheduler = await started(defined("digest", `${release} * * * *`));
      expect(await sets()).toHaveLength(1);
      await scheduler.stop();
    }
  });

  it("comes back where a worker was silent for so long that others took it for gone", async () => {
    await started(defined("digest", "0 * * * *"));
    for (const { name } of (await adapter.documents.list("recurring:worker:", undefined, 9))
      .documents) {
      await adapter.documents.delete(name);
    }
    const other = await started(defined("digest", "30 * * * *"));
    await other.stop();

    await pass(3_600);

    expect(await occurrences()).toEqual(["digest 08:00:00"]);
  });
});

function defined(
  key: string,
  schedule: string,
  options: RecurringOptions = {},
): ReturnType<typeof define> {
  return define(key, schedule, Digest.prepare("weekly"), { timeZone: "UTC", ...options });
}

async function started(...definitions: ReturnType<typeof defined>[]): Promise<RecurringScheduler> {
  const scheduler = new RecurringScheduler({
    adapter,
    documents: adapter.documents,
    logger: silentLogger,
    definitions,
    worker: String(Math.random()),
    timeout: 5,
  });
  scheduler.start();
  onTestFinished(() => scheduler.stop());
  await pass(0);
  return scheduler;
}

async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000 + 5);
}

async function records(): Promise<JobRecord[]> {
  const { jobs } = await adapter.store.page({ queue: "default" }, undefined, 1_000);
  return jobs.map(({ payload }) => JSON.parse(payload) as JobRecord);
}

async function occurrences(): Promise<string[]> {
  return (await records())
    .map(({ recurring: run }) => run as { key: string; at: number })
    .map(({ key, at }) => `${key} ${new Date(at * 1000).toISOString().slice(11, 19)}`)
    .toSorted();
}
