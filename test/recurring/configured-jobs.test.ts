import {
  Command,
  configure,
  InvalidRecurringJobError,
  InvalidScheduleError,
  Job,
  recurring,
  UnknownOptionError,
} from "mandate";
import { Worker } from "mandate/worker";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import { settings } from "../../src/job/settings/settings.ts";
import { silentLogger } from "../../src/support/logger.ts";

class Report extends Command.initializeWith((tenant: number) => ({ tenant })) {
  call(): void {}
}

class Sweep extends Job {
  perform(): void {}
}

beforeEach(() => {
  configure({ adapter: new MemoryAdapter(), logger: silentLogger, timeZone: "UTC", recurring: {} });
});

describe("configure({ recurring })", () => {
  it("defines them by their keys, in its time zone", async () => {
    configure({
      timeZone: "Europe/Amsterdam",
      recurring: {
        report: {
          command: Report,
          schedule: "every day at 9am",
          args: [42],
          queue: "low",
          description: "Tenant 42",
        },
        sweep: { command: Sweep, schedule: { every: "2 hours" }, timeZone: "Asia/Tokyo" },
      },
    });

    expect(await definedByAWorker(2)).toEqual([
      ["report", "Report", "low", "2026-07-01T07:00:00.000Z", "Tenant 42"],
      ["sweep", "Sweep", "default", "2026-07-01T02:00:00.000Z", undefined],
    ]);
  });

  it("replaces what was configured before", async () => {
    configure({ recurring: { report: { command: Report, schedule: "@daily", args: [1] } } });
    configure({ recurring: { sweep: { command: Sweep, schedule: "@daily" } } });

    expect((await definedByAWorker(1)).map(([key]) => key)).toEqual(["sweep"]);
  });

  it("refuses a schedule that is none, and names the key", () => {
    const refused = errorOf(() =>
      configure({
        timeZone: "Asia/Tokyo",
        recurring: { sweep: { command: Sweep, schedule: "every now and then" } },
      }),
    );

    expect(refused).toBeInstanceOf(InvalidRecurringJobError);
    expect(refused.cause).toBeInstanceOf(InvalidScheduleError);
    expect(refused.message).toBe(
      `Cannot define recurring job "sweep": c${(refused.cause as Error).message.slice(1)}`,
    );
    expect(settings().timeZone).toBe("UTC");
  });

  it("refuses a class that runs no jobs", () => {
    const refused = errorOf(() =>
      configure({ recurring: { sweep: { command: Date, schedule: "@daily" } } }),
    );

    expect(refused.message).toBe(
      'Cannot define recurring job "sweep": its command is no class that runs jobs. ' +
        "Give one that extends Command or Job",
    );
  });

  it("refuses options that there are none of", () => {
    const refused = errorOf(() =>
      configure({
        // @ts-expect-error there is no such option
        recurring: { sweep: { command: Sweep, schedule: "@daily", ovrlap: "skip" } },
      }),
    );

    expect(refused).toBeInstanceOf(UnknownOptionError);
    expect(refused.message).toContain(
      'Cannot use option "ovrlap" in recurring job "sweep" of configure: there is no such option. ' +
        'Did you mean "overlap"?',
    );
  });
});

describe("configure({ timeZone })", () => {
  it("refuses what is no time zone", () => {
    expect(errorOf(() => configure({ timeZone: "Amsterdam" })).message).toBe(
      'Cannot use "Amsterdam" as timeZone of configure: it is no time zone. ' +
        'Write a name such as "Europe/Amsterdam", "UTC" or an offset such as "+05:30". Did you mean "Europe/Amsterdam"?',
    );
  });
});

async function definedByAWorker(count: number): Promise<unknown[][]> {
  const worker = new Worker({ concurrency: 1, queues: ["default"] });
  onTestFinished(() => worker.stop());
  await worker.start();
  const found: unknown[][] = [];
  await expect
    .poll(async () => {
      found.length = 0;
      for await (const job of recurring.jobs()) {
        found.push([
          job.key,
          job.className,
          job.queueName,
          job.nextRuns(1, new Date("2026-07-01T00:00:00Z"))[0]?.toISOString(),
          job.description,
        ]);
      }
      return found.length;
    })
    .toBe(count);
  return found.toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1));
}

function errorOf(act: () => void): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was refused");
}
