import { describeType } from "../checks/checks.ts";
import { declarationsOf, withOptions } from "../declare/declarations.ts";
import { enqueueOrCollect } from "./defer-after.ts";
import { checkDeferOptions, dueAt } from "./defer-options.ts";
import type { EnqueuedOf } from "./handle-of.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import { holdsOf, makeRecord, type Deferral } from "./make-record.ts";
import { isPrepared, PreparedJob } from "./prepared-job.ts";
import { settings } from "../settings/settings.ts";
import { enlistStable } from "../declare/unstable-name.ts";

/**
 * @param call Throws what this rejects with.
 *
 * @returns the job's handle, `undefined` if a callback or middleware halted it.
 */
export async function defer<Output>(call: () => Deferral): Promise<JobHandle<Output>> {
  const job = makeJob<Output>(call());
  await enqueueOrCollect([job]);
  return job.isHalted ? (undefined as never) : job;
}

/**
 * Enqueues prepared jobs in one batch: all or none, up to 1,000 of them.
 *
 * @returns their handles, in the same order, without those that a callback halted.
 * @throws {AdapterError} if the store did not take them; its `accepted` lists the jids it has.
 * @throws {TypeError} if one of them is no prepared job.
 */
export async function deferAll<Prepared extends PreparedJob>(
  jobs: readonly Prepared[],
): Promise<EnqueuedOf<Prepared>[]> {
  checkPrepared(jobs);
  await enqueueOrCollect(jobs);
  return jobs.filter((job) => !job.isHalted) as never;
}

function checkPrepared(jobs: readonly unknown[]): void {
  if (!Array.isArray(jobs)) {
    throw new TypeError(
      `Cannot enqueue ${describeType(jobs)}: give an array of what prepare() returned`,
    );
  }
  const wrong = jobs.findIndex((job) => !isPrepared(job));
  if (wrong >= 0) {
    throw new TypeError(
      `Cannot enqueue ${describeType(jobs[wrong])} as a job: make each by prepare(), which enqueues nothing by itself`,
    );
  }
}

/**
 * Makes a job of a call, without enqueueing it. Its arguments travel as they are now.
 *
 * @throws {SerializationError} if an argument cannot travel.
 */
export function prepareJob<Output>(deferral: Deferral): PreparedJob<Output> {
  const job = makeJob<Output>(deferral);
  job.keepArguments();
  return job;
}

/** As `prepareJob`, for one used at once. By `enlist` its name may be of this process only. */
export function makeJob<Output>(
  deferral: Deferral,
  identify: typeof enlistStable = enlistStable,
): PreparedJob<Output> {
  const { runnable, args, options } = deferral;
  const identity = identify(runnable);
  const className = identity.name;
  if (options !== undefined) checkDeferOptions(options, className);
  const ofClass = declarationsOf(runnable);
  const declarations = options === undefined ? ofClass : withOptions(ofClass, options, className);
  const due = dueAt(options, className, declarations.hooks.wait);
  const { adapter } = settings();
  const { timestamps } = adapter;
  const record = makeRecord(deferral, identity, { declarations, due, timestamps });
  return new PreparedJob({
    record,
    className,
    arguments: args,
    scheduledAt: due === undefined ? undefined : new Date(Math.round(due * 1000)),
    runnable,
    declarations,
    prereqHandles: options?.prereqJobs?.filter(isPrepared) ?? [],
    hasGivenJid: options?.jid !== undefined,
    waits: options?.waitUntil === undefined,
    holds: holdsOf({ className, args, due, record }, declarations),
    adapter,
  });
}
