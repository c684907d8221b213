import { declarationsOf } from "./declarations.ts";
import { openCollector } from "./defer-after.ts";
import { checkDeferOptions, dueAt } from "./defer-options.ts";
import { enqueueJobs } from "./enqueue.ts";
import type { JobHandle } from "./job-handle.ts";
import { makeRecord, type Deferral } from "./make-record.ts";
import { PreparedJob } from "./prepared-job.ts";
import { register, wireName } from "./registry.ts";
import { settings } from "./settings.ts";

/**
 * Makes a job of a call, without enqueueing it.
 *
 * @throws {SerializationError} if an argument cannot travel.
 */
export function prepareJob(deferral: Deferral): PreparedJob {
  const { runnable, args, options } = deferral;
  const className = wireName(runnable);
  if (options !== undefined) {
    checkDeferOptions(options, className);
  }
  register(runnable);
  const declarations = declarationsOf(runnable);
  const due = options === undefined ? undefined : dueAt(options);
  return new PreparedJob({
    record: makeRecord(deferral, className, declarations),
    className,
    arguments: args,
    scheduledAt: due === undefined ? undefined : new Date(Math.round(due * 1000)),
    declarations,
    prereqHandles: (options?.prereqJobs ?? []).filter((job) => job instanceof PreparedJob),
    adapter: settings().adapter,
  });
}

/** @returns the job's handle, `undefined` if a callback or middleware halted it. */
export async function defer(deferral: Deferral): Promise<JobHandle> {
  const job = prepareJob(deferral);
  await deferAll([job]);
  return job.isHalted ? (undefined as never) : job;
}

/**
 * Enqueues prepared jobs in one batch: all or none, up to 1,000 of them.
 *
 * @returns their handles, in the same order, without those that a callback halted.
 * @throws {AdapterError} if the store did not take them; its `accepted` lists the jids it has.
 */
export async function deferAll(jobs: readonly PreparedJob[]): Promise<JobHandle[]> {
  const collector = openCollector();
  if (collector === undefined) {
    await enqueueJobs(jobs);
  } else {
    collector.add(jobs);
  }
  return jobs.filter((job) => !job.isHalted);
}
