import { AsyncLocalStorage } from "node:async_hooks";
import { shared } from "../support/shared-state.ts";
import { enqueueJobs } from "./enqueue.ts";
import { checkPrerequisites } from "./prerequisites.ts";
import type { PreparedJob } from "./prepared-job.ts";

/** What was deferred in a `deferAfter`, until it is known how that ends. */
export class Collector {
  readonly jobs: PreparedJob[] = [];
  isOpen = true;

  /** @throws {TypeError} if one of them waits for a job that was never enqueued. */
  add(jobs: readonly PreparedJob[]): void {
    checkPrerequisites(jobs);
    this.jobs.push(...jobs);
    for (const job of jobs) {
      job.accept();
    }
  }
}

const storage: AsyncLocalStorage<Collector> = shared(
  "defer-after",
  () => new AsyncLocalStorage<Collector>(),
);

/** Where jobs go instead of to their adapter; `undefined` outside of a `deferAfter`. */
export function openCollector(): Collector | undefined {
  const collector = storage.getStore();
  return collector?.isOpen === true ? collector : undefined;
}

/**
 * Enqueues what `work` defers when its promise resolves, all in one batch; drops it when it rejects. So
 * no job starts before the rows it needs are committed.
 *
 * Arguments are checked and encoded where they are deferred; callbacks and middleware run when the
 * jobs are sent. A `deferAfter` inside another leaves its jobs to the outer one.
 *
 * @returns what `work` returned.
 * @throws what `work` threw, or what enqueueing threw.
 *
 * @example
 * ```ts
 * import { Command, deferAfter } from "mandate";
 *
 * declare const db: { transaction<T>(work: () => Promise<T>): Promise<T> };
 *
 * class Welcome extends Command.initializeWith((userId: number) => ({ userId })) {
 *   call() {}
 * }
 *
 * await deferAfter(() =>
 *   db.transaction(async () => {
 *     await Welcome.defer(1); // enqueued once the transaction is committed
 *   }),
 * );
 * ```
 */
export async function deferAfter<Output>(work: () => Output | Promise<Output>): Promise<Output> {
  const outer = openCollector();
  const collector = new Collector();
  let output: Output;
  try {
    output = await storage.run(collector, work);
  } catch (error) {
    collector.jobs.forEach((job) => job.halt());
    throw error;
  } finally {
    collector.isOpen = false;
  }
  if (outer?.isOpen === true) {
    outer.jobs.push(...collector.jobs);
  } else {
    await enqueueJobs(collector.jobs);
  }
  return output;
}
