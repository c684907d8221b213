import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Command, currentJob, recurring } from "mandate";
import {
  performedJobs,
  recurringJobs,
  retryingJobs,
  travel,
  travelTo,
  useTestAdapter,
  type TestAdapterInUse,
} from "mandate/testing";
import { moveClockTo } from "../../src/testing/travelled-time.ts";
import { clock } from "../../src/support/clock.ts";

class BusyError extends Error {}

const log: string[] = [];
let failures = 0;

function note(what: string): void {
  log.push(`${what} ${new Date(clock.now() * 1000).toISOString().slice(0, 16)}`);
}

class Remind extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {
    note(this.name);
  }
}

class Follow extends Command {
  async call(): Promise<void> {
    note("follow");
    await Remind.defer("at once");
    await Remind.defer("later", { wait: "1 hour" });
  }
}

class Flaky extends Command {
  static {
    this.retryOn(BusyError, { wait: "10 minutes", attempts: 3 });
  }

  call(): void {
    note("flaky");
    failures -= 1;
    if (failures >= 0) throw new BusyError("It is busy");
  }
}

class Failing extends Command {
  static {
    this.retryIn(() => 600);
  }

  call(): void {
    note("failing");
    failures -= 1;
    if (failures >= 0) throw new Error("It fails");
  }
}

class Again extends Command {
  call(): void {
    note("again");
    if (log.length < 3) this.requeueJob(0);
  }
}

class Digest extends Command.initializeWith((kind = "daily") => ({ kind })) {
  static {
    this.recurring("every day at 8am", { description: "What there is" });
    this.recurring("0 6 1 * *", { key: "monthly-digest", args: ["monthly"] });
  }

  call(): void {
    note(`${this.kind} of ${currentJob()?.recurring?.key}`);
  }
}

let inUse: TestAdapterInUse;

beforeEach(() => {
  inUse = useTestAdapter();
  moveClockTo(Date.parse("2096-02-29T12:00:00Z") / 1000);
  log.length = 0;
  failures = 0;
});

afterEach(() => {
  inUse.restore();
});

describe("travelTo", () => {
  it("performs what falls due, each at its time", async () => {
    await Remind.defer("second", { waitUntil: new Date("2096-02-29T14:00:00Z") });
    await Remind.defer("first", { wait: "1 hour" });
    await Remind.defer("never", { wait: "30 hours" });
    await Follow.defer();

    const runs = await travelTo(new Date("2096-02-29T20:00:00Z"));

    expect(log).toEqual([
      "follow 2096-02-29T12:00",
      "at once 2096-02-29T12:00",
      "first 2096-02-29T13:00",
      "later 2096-02-29T13:00",
      "second 2096-02-29T14:00",
    ]);
    expect(runs).toBe(5);
    expect(new Date(clock.now() * 1000).toISOString()).toMatch(/^2096-02-29T20:00:00/);
  });

  it("leaves out no moment that passes while it looks for the next", async () => {
    await Remind.defer("second", { waitUntil: new Date("2096-02-29T13:00:00.001Z") });
    await Remind.defer("first", { waitUntil: new Date("2096-02-29T13:00:00Z") });
    await Remind.defer("last", { waitUntil: new Date("2096-02-29T14:00:00Z") });
    const began = Date.now();
    let looks = 0;
    // Each look at the clock takes so long.
    const now = vi.spyOn(Date, "now").mockImplementation(() => began + 10 * looks++);
    onTestFinished(() => now.mockRestore());

    await travelTo(new Date("2096-02-29T20:00:00Z"));

    expect(log.map((line) => line.split(":")[0])).toEqual([
      "first 2096-02-29T13",
      "second 2096-02-29T13",
      "last 2096-02-29T14",
    ]);
  });

  it("performs retries that rules ask for", async () => {
    failures = 2;
    await Flaky.defer();

    await travel("1 hour");

    expect(log).toEqual([
      "flaky 2096-02-29T12:00",
      expect.stringMatching(/^flaky 2096-02-29T12:1\d$/),
      expect.stringMatching(/^flaky 2096-02-29T12:2\d$/),
    ]);
  });

  it("ends at an error that no rule takes care of, and goes on with its retry", async () => {
    failures = 1;
    await Failing.defer({ wait: "1 hour" });

    await expect(travel("3 hours")).rejects.toThrow("It fails");
    expect(log).toEqual(["failing 2096-02-29T13:00"]);
    expect(retryingJobs(Failing)).toHaveLength(1);

    await travel("1 hour");
    expect(log).toHaveLength(2);
    expect(retryingJobs(Failing)).toEqual([]);
  });

  it("comes to an end where a job requeues itself at once", async () => {
    await Again.defer();

    await travel("1 minute");

    expect(log).toHaveLength(1);
  });

  it("performs occurrences of what is declared and defined, until it is paused", async () => {
    await recurring.define("tick", "every 12 hours", Remind.prepare("tick"));
    await travelTo(new Date("2096-03-01T09:00:00Z"));
    await recurring.job("tick").pause();
    await travelTo(new Date("2096-03-02T09:00:00Z"));

    expect(log).toEqual([
      "tick 2096-03-01T00:00",
      "monthly of monthly-digest 2096-03-01T06:00",
      "daily of Digest 2096-03-01T08:00",
      "daily of Digest 2096-03-02T08:00",
    ]);
    expect(performedJobs(Digest)).toHaveLength(3);
  });

  it("refuses what is no time, and what is over", async () => {
    await expect(travelTo(new Date(NaN))).rejects.toThrow(
      new TypeError("Cannot travel to an invalid Date: give travelTo a valid Date"),
    );
    await expect(travelTo("tomorrow" as unknown as Date)).rejects.toThrow(
      /^Cannot travel to .*: give travelTo a valid Date$/,
    );
    await expect(travelTo(new Date("2096-01-01T00:00:00Z"))).rejects.toThrow(
      /^Cannot travel to 2096-01-01T00:00:00\.000Z: it is 2096-02-29T12:00:0\d\.\d{3}Z, and time does not go back\. Call useTestAdapter\(\) to begin anew$/,
    );
  });

  it("is over with the test adapter, and with the next one", async () => {
    inUse.restore();
    expect(clock.now()).toBeCloseTo(Date.now() / 1000, 0);

    inUse = useTestAdapter();
    await travel("1 day");
    expect(clock.now()).toBeCloseTo(Date.now() / 1000 + 86_400, 0);
    inUse = useTestAdapter();
    expect(clock.now()).toBeCloseTo(Date.now() / 1000, 0);
  });
});

describe("recurringJobs", () => {
  it("lists what is declared and defined", async () => {
    await recurring.define("tick", "every 12 hours", Remind.prepare("tick"));

    const jobs = await recurringJobs();

    expect(jobs.map(({ key, schedule, className }) => ({ key, schedule, className }))).toEqual([
      { key: "Digest", schedule: "every day at 8am", className: "Digest" },
      { key: "monthly-digest", schedule: "0 6 1 * *", className: "Digest" },
      { key: "tick", schedule: "every 12 hours", className: "Remind" },
    ]);
    expect(jobs[0]?.nextRuns(2)).toEqual([
      new Date("2096-03-01T08:00:00Z"),
      new Date("2096-03-02T08:00:00Z"),
    ]);
  });

  it("lists those of a class", async () => {
    await recurring.define("tick", "every 12 hours", Remind.prepare("tick"));

    expect((await recurringJobs(Remind)).map(({ key }) => key)).toEqual(["tick"]);
  });
});
