import type { JobFilter } from "./job-filter.ts";
import type { RecordedJob } from "./recorded-job.ts";
import type { TestAdapter } from "./test-adapter.ts";

/** The jobs that wait, and that a filter lets through. */
export function picked(adapter: TestAdapter, filter: JobFilter): readonly RecordedJob[] {
  return adapter.waiting().filter(({ handle }) => filter.accepts(handle));
}

/** Runs them, those that they enqueue, and so on, until none is left. */
export async function drain(adapter: TestAdapter, filter: JobFilter): Promise<number> {
  const early = new Set(adapter.waiting());
  let failure: { readonly error: unknown } | undefined;
  let runs = 0;
  for (;;) {
    // One that requeues itself would do so for ever.
    const jobs = picked(adapter, filter).filter(
      (job) => job.moment.kind !== "requeue" || early.has(job),
    );
    try {
      const ran = await adapter.perform(jobs);
      runs += ran;
      // None, or all wait for others.
      if (ran === 0) break;
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure !== undefined) throw failure.error;
  return runs;
}
