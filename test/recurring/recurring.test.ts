import {
  Command,
  ConfigurationError,
  configure,
  InvalidRecurringJobError,
  recurring,
  UnknownRecurringJobError,
  type Adapter,
  UnknownOptionError,
} from "mandate";
import { beforeEach, describe, expect, it } from "vitest";
import { AdapterError } from "../../src/adapters/adapter-error.ts";
import type { Documents } from "../../src/adapters/documents.ts";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import { changeDocument } from "../../src/recurring/store/change-document.ts";
import { silentLogger } from "../../src/support/logger.ts";

class Report extends Command.initializeWith((tenant: number) => ({ tenant })) {
  call(): void {}
}

let adapter: MemoryAdapter;

beforeEach(() => {
  adapter = new MemoryAdapter();
  configure({ adapter, logger: silentLogger });
});

describe("recurring", () => {
  it("defines, shows and lists", async () => {
    const job = await recurring.define("report", "0 9 * * 1", Report.prepare(1), {
      description: "Mondays",
      timeZone: "Europe/Amsterdam",
    });

    expect(job).toMatchObject({
      key: "report",
      schedule: "0 9 * * 1",
      className: "Report",
      queueName: "default",
      description: "Mondays",
      isPaused: false,
      isEnabled: true,
      isOfCode: false,
      lastRun: undefined,
    });
    const [first, second] = job.nextRuns(2, new Date("2026-03-24T00:00:00Z"));
    expect([first, second]).toEqual([
      new Date("2026-03-30T07:00:00Z"),
      new Date("2026-04-06T07:00:00Z"),
    ]);
    const listed: string[] = [];
    for await (const { key } of recurring.jobs()) listed.push(key);
    expect(listed).toEqual(["report"]);
  });

  it("defines anew, and keeps what was dealt with and whether it is paused", async () => {
    await recurring.define("report", "0 9 * * 1", Report.prepare(1));
    await recurring.job("report").pause();

    const job = await recurring.define("report", "0 10 * * 1", Report.prepare(2));

    expect(job).toMatchObject({ schedule: "0 10 * * 1", isPaused: true });
    expect(job.nextRuns()).toEqual([]);
  });

  it("updates what is given, and nothing else", async () => {
    await recurring.define("report", "0 9 * * 1", Report.prepare(1), { description: "a" });

    await recurring.job("report").update({ schedule: "0 8 * * 1", enabled: false });

    expect(await recurring.job("report").read()).toMatchObject({
      schedule: "0 8 * * 1",
      description: "a",
      isEnabled: false,
      className: "Report",
    });
    expect((await recurring.job("report").read()).nextRuns()).toEqual([]);
    await recurring.job("report").update({ enabled: true });
    expect((await recurring.job("report").read()).nextRuns()).toHaveLength(1);
  });

  it("has no next run once its time is over", async () => {
    const job = await recurring.define("report", "@daily", Report.prepare(1), {
      startAt: new Date("2026-01-01T12:00:00Z"),
      endAt: new Date("2026-01-03T12:00:00Z"),
    });

    expect(job.nextRuns(9, new Date("2025-06-01T00:00:00Z"))).toEqual([
      new Date("2026-01-02T00:00:00Z"),
      new Date("2026-01-03T00:00:00Z"),
    ]);
  });

  it("enqueues one now", async () => {
    await recurring.define("report", "@daily", Report.set({ queue: "slow" }).prepare(7));

    const id = await recurring.job("report").runNow();

    const job = await adapter.store.find({ queue: "slow" }, id);
    expect(JSON.parse(job?.payload ?? "")).toMatchObject({ args: ["Report", 7], jid: id });
  });

  it("deletes, once", async () => {
    await recurring.define("report", "@daily", Report.prepare(1));

    expect(await recurring.job("report").delete()).toBe(true);
    expect(await recurring.job("report").delete()).toBe(false);
    await expect(recurring.job("report").pause()).rejects.toThrow(
      new UnknownRecurringJobError("report"),
    );
  });

  it.each<[string, Parameters<typeof recurring.define>[3], string]>([
    ["overlap", { overlap: "no" as "skip" }, 'its overlap must be one of "allow", "skip", "wait"'],
    ["catchUp", { catchUp: "no" as "all" }, 'its catchUp must be one of "none", "latest", "all"'],
    ["startAt", { startAt: new Date(NaN) }, "its startAt must be a valid Date"],
    ["endAt", { endAt: 5 as unknown as Date }, "its endAt must be a valid Date"],
    [
      "order of startAt and endAt",
      { startAt: new Date("2026-02-01"), endAt: new Date("2026-01-01") },
      "its endAt is before its startAt, so that it is never due",
    ],
    [
      "enabled",
      { enabled: "no" as unknown as boolean },
      'its enabled must be true or false, found "no"',
    ],
    [
      "description",
      { description: 7 as unknown as string },
      "its description must be a text, found 7",
    ],
  ])("refuses a wrong %s", async (_name, options, reason) => {
    await expect(recurring.define("a", "@daily", Report.prepare(1), options)).rejects.toThrow(
      new InvalidRecurringJobError("a", reason),
    );
  });

  it("refuses what is no prepared job, and options that there are not", async () => {
    const wrong = { perform: 1 } as unknown as ReturnType<typeof Report.prepare>;
    const unknown = { timezone: "UTC" } as object;

    await expect(recurring.define("a", "@daily", wrong)).rejects.toThrow(
      new InvalidRecurringJobError(
        "a",
        "its job is an object. Give what prepare() returns, as in Report.prepare(42)",
      ),
    );
    await expect(
      recurring.define("a", "@daily", Report.prepare(1), unknown),
    ).rejects.toBeInstanceOf(UnknownOptionError);
    await recurring.define("a", "@daily", Report.prepare(1));
    await expect(recurring.job("a").update(unknown)).rejects.toBeInstanceOf(UnknownOptionError);
  });

  it("keeps its zone where its schedule changes, and its schedule where its zone does", async () => {
    const from = new Date("2026-01-01T12:00:00Z");
    await recurring.define("a", "at 9am", Report.prepare(1), { timeZone: "Asia/Tokyo" });
    const next = async (): Promise<Date | undefined> =>
      (await recurring.job("a").read()).nextRuns(1, from)[0];

    await recurring.job("a").update({ schedule: "at 10am" });
    expect(await next()).toEqual(new Date("2026-01-02T01:00:00Z"));
    await recurring.job("a").update({ timeZone: "Europe/Amsterdam" });
    expect(await next()).toEqual(new Date("2026-01-02T09:00:00Z"));
  });

  it("refuses one that is too large, when it is defined and when it is changed", async () => {
    await recurring.define("a", "@daily", Report.prepare(1));

    const refused = recurring.job("a").update({ description: "x".repeat(10_240) });

    await expect(refused).rejects.toBeInstanceOf(InvalidRecurringJobError);
    await expect(refused).rejects.toThrow(
      /^Cannot define recurring job "a": with its arguments and its description it takes \d{5} bytes, and 10240 is the most\. Keep what is large elsewhere, and give its job what to find it by$/,
    );
    await expect(
      recurring.define("b", "@daily", Report.set({ tags: ["x".repeat(10_240)] }).prepare(1)),
    ).rejects.toBeInstanceOf(InvalidRecurringJobError);
    expect((await recurring.job("a").read()).description).toBeUndefined();
  });

  it("refuses a job that has a time of its own, and a key that nobody could name", async () => {
    await expect(
      recurring.define("a", "@daily", Report.set({ wait: "1 hour" }).prepare(1)),
    ).rejects.toThrow(
      'Cannot define recurring job "a": its job has a time or prerequisites of its own. Prepare one that runs at once',
    );
    await expect(recurring.define(" ", "@daily", Report.prepare(1))).rejects.toThrow(
      new TypeError(
        "Cannot define a recurring job: its key must be a text of 1 to 200 characters without control characters, " +
          'such as "nightly-report"',
      ),
    );
  });

  it("says that a store without documents keeps none", async () => {
    const without = Object.create(adapter, {
      documents: { value: undefined },
      useDefaults: { value: undefined },
      timestamps: { value: adapter.timestamps },
    }) as Adapter;
    configure({ adapter: without });

    await expect(recurring.define("a", "@daily", Report.prepare(1))).rejects.toThrow(
      new ConfigurationError(
        'Cannot keep recurring jobs: adapter "memory" keeps no documents. Use one that does, such as Redis\'s',
      ),
    );
  });
});

describe("changing a document", () => {
  it("gives up where others always come first", async () => {
    const { documents } = adapter;
    const busy: Documents = {
      read: (names) => documents.read(names),
      list: (prefix, cursor, limit) => documents.list(prefix, cursor, limit),
      delete: (name) => documents.delete(name),
      listen: (prefix, onChange) => documents.listen(prefix, onChange),
      write: () => Promise.resolve({ conflict: { found: undefined } }),
    };

    await expect(changeDocument(busy, "a", () => ({ text: "1" }))).rejects.toThrow(
      new AdapterError(
        'Cannot write document "a": others wrote it 100 times in between. Try again',
      ),
    );
  });
});
