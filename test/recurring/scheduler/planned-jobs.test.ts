import { expect, it } from "vitest";
import { Command } from "../../../src/index.ts";
import { define } from "../../../src/recurring/definition.ts";
import { PlannedJobs } from "../../../src/recurring/scheduler/planned-jobs.ts";
import type { KeptJob } from "../../../src/recurring/store/stored-job.ts";
import { silentLogger } from "../../../src/support/logger.ts";

class Digest extends Command {
  call(): void {}
}

it("goes by the store where that has lost the last moments, and does nothing twice", () => {
  const jobs = new PlannedJobs({ living: () => [], logger: silentLogger });
  jobs.claimed(kept({ version: 9, after: 120 }));

  jobs.take(kept({ version: 5, after: 60 }));

  expect(jobs.active("a")).toMatchObject({
    kept: { version: 5, stored: { after: 60 } },
    isOutdated: true,
    next: 180,
  });
});

it("waits for the document of one that others claim, and it does not know", () => {
  const jobs = new PlannedJobs({ living: () => [], logger: silentLogger });

  expect(jobs.hear("a", { worker: "other", after: 60 })).toBe(false);
});

it("tries what another claimed last only after a while", () => {
  const jobs = new PlannedJobs({ living: () => [], logger: silentLogger, patience: 0.25 });
  jobs.take(kept({ version: 1, after: 0 }));
  expect(jobs.due(60)).toEqual(["a"]);

  expect(jobs.hear("a", { worker: "other", after: 60 })).toBe(true);

  expect([jobs.due(61), jobs.due(120.2), jobs.due(120.25)]).toEqual([[], [], ["a"]]);
  expect(jobs.nextDue).toBe(120.25);
});

it("reckons when the next is due some time after a claim", () => {
  const jobs = new PlannedJobs({ living: () => [], logger: silentLogger });
  jobs.take(kept({ version: 1, after: 0 }));

  jobs.claimed(kept({ version: 2, after: 60 }));

  expect([jobs.nextDue, jobs.due(60.05), jobs.own(120)]).toEqual([60.1, [], []]);
  expect([jobs.due(60.1), jobs.nextDue]).toEqual([[], 120]);
  expect(jobs.own(120)).toMatchObject([{ kept: { version: 2 }, next: 120 }]);
});

it("goes on at once where more was due than was claimed", () => {
  const jobs = new PlannedJobs({ living: () => [], logger: silentLogger });
  jobs.take(kept({ version: 1, after: 0 }));

  jobs.claimed(kept({ version: 2, after: 600 }));

  expect(jobs.due(6_000)).toEqual(["a"]);
});

function kept({ version, after }: { readonly version: number; readonly after: number }): KeptJob {
  const own = define("a", "* * * * *", Digest.prepare(), { timeZone: "UTC" });
  return { key: "a", version, stored: { own, schedule: own.schedule, after, runs: [] } };
}
