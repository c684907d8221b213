import { AssertionError } from "node:assert";
import type { ClassJobs } from "../job/declare/class-jobs.ts";
import type { JobHandle } from "../job/handle/job-handle.ts";
import { drain, picked } from "./drain.ts";
import { JobFilter } from "./job-filter.ts";
import type { TestAdapter } from "./test-adapter.ts";
import { nameOf, type TestedClass } from "./tested-class.ts";

/**
 * What `X.jobs` is: an array, beside whose jobs nothing is enumerable, so that it equals one of
 * these jobs.
 */
export function classJobsIn(adapter: TestAdapter, only: TestedClass): ClassJobs {
  const filter = new JobFilter({ only }, "jobs");
  const recorded = picked(adapter, filter);
  const jobs = recorded.map(({ handle }) => handle);
  const members: Omit<ClassJobs, keyof ReadonlyArray<JobHandle>> = {
    size: recorded.length,
    clear() {
      // Nothing in this store awaits anything: each is deleted when this returns.
      for (const { id, queueName } of jobs) void adapter.store.cancel(id, queueName);
    },
    drain: () => drain(adapter, filter),
    async performOne() {
      const [first] = recorded;
      if (first === undefined) {
        throw new AssertionError({
          message: `Expected a job of ${nameOf(only)} to wait, found none`,
          operator: "performOne",
        });
      }
      await adapter.perform([first]);
      return first.handle;
    },
  };
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(jobs, name, { value });
  }
  return jobs as unknown as ClassJobs;
}
