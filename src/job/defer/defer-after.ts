import { checkFunction } from "../checks/checks.ts";
import { enqueueJobs } from "./enqueue.ts";
import { inOrder } from "./prerequisites.ts";
import type { PreparedJob } from "./prepared-job.ts";
import { settings } from "../settings/settings.ts";
import { surroundedBy, surroundings } from "../surroundings/surroundings.ts";

/** What was deferred in a `deferAfter`, until it is known how that ends. */
class Collector {
  readonly outer: Collector | undefined;
  readonly jobs: PreparedJob[] = [];
  state: "open" | "resolved" | "rejected" = "open";

  constructor(outer: Collector | undefined) {
    this.outer = outer;
  }

  /** @throws {TypeError} if one of them waits for a job that was never enqueued. */
  add(jobs: readonly PreparedJob[]): void {
    for (const job of inOrder(jobs)) {
      if (this.state === "rejected") {
        job.halt();
        settings().logger.warn(
          { jid: job.id, job: job.className },
          `Dropped ${job.className}: the deferAfter around it had been rejected before`,
        );
      } else {
        job.keepArguments();
        job.collect();
        this.jobs.push(job);
      }
    }
  }
}

/**
 * Sends jobs to their adapter or, within a `deferAfter`, keeps them until it is known how that
 * ends.
 */
export function enqueueOrCollect(jobs: readonly PreparedJob[]): Promise<void> | undefined {
  const { collector: current, batch } = surroundings();
  if (batch !== undefined) {
    for (const job of jobs) job.join(batch);
  }
  const collector = openCollector(current as Collector | undefined);
  if (collector === undefined) {
    return enqueueJobs(jobs);
  }
  collector.add(jobs);
  return undefined;
}

/**
 * What outlives a `deferAfter` that resolved is outside of it, or in the next one around; what
 * outlives one that was rejected goes the same way as the rest of it.
 */
function openCollector(collector: Collector | undefined): Collector | undefined {
  return collector?.state === "resolved" ? openCollector(collector.outer) : collector;
}

/** Whether what is deferred now is collected, until a `deferAfter` has ended. */
export function isCollecting(): boolean {
  return openCollector(surroundings().collector as Collector | undefined) !== undefined;
}

/**
 * Enqueues what `work` defers when its promise resolves, all in one batch; drops it when it
 * rejects. So no job starts before the rows it needs are committed.
 *
 * Arguments are checked and encoded where they are deferred; callbacks and middleware run when the
 * jobs are sent. A `deferAfter` inside another leaves its jobs to the outer one. What `work` leaves
 * running and defers after its promise rejected is dropped too, and `defer` resolves to
 * `undefined`.
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
  checkFunction(work, "deferAfter", "a function that does the work, not its promise");
  const collector = new Collector(openCollector(surroundings().collector as Collector | undefined));
  let output: Output;
  try {
    output = await surroundedBy({ collector }, work);
  } catch (error) {
    collector.state = "rejected";
    collector.jobs.forEach((job) => job.halt());
    throw error;
  }
  collector.state = "resolved";
  await enqueueOrCollect(collector.jobs);
  return output;
}
