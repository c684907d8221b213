import { checkFunction } from "../checks/checks.ts";
import { enqueueJobs } from "./enqueue.ts";
import { inOrder } from "./prerequisites.ts";
import type { PreparedJob } from "./prepared-job.ts";
import { whenEnded } from "./transaction-end.ts";
import { settings } from "../settings/settings.ts";
import { surroundedBy, surroundings } from "../surroundings/surroundings.ts";

type Work<Output> = () => Output | Promise<Output>;

/** What was deferred in a `deferAfter`, until it is known how that ends. */
class Collector {
  readonly outer: Collector | undefined;
  readonly jobs: PreparedJob[] = [];
  state: "open" | "resolved" | "rejected" = "open";

  constructor(outer: Collector | undefined) {
    this.outer = outer;
  }

  /** What is in it, and comes still, is dropped. */
  reject(): void {
    this.state = "rejected";
    this.jobs.splice(0).forEach((job) => job.halt());
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
export function deferAfter<Output>(work: Work<Output>): Promise<Output>;
/**
 * Enqueues what `work` defers when a transaction is committed in which it runs, all in one batch;
 * drops it when that is rolled back, or `work` throws. For where the transaction was opened by
 * somebody else, in a database that is not the jobs' own; in Postgres `deferWithin` of
 * `mandate/postgres` makes the jobs part of it.
 *
 * Should the store not take them then, an error is logged that has their ids: what is committed
 * cannot be taken back.
 *
 * @param tx Of Knex, Objection, Sequelize or TypeORM; of MikroORM the outermost one's manager.
 *   Other libraries do not tell when a transaction ends.
 * @returns what `work` returned, once it has: the transaction is open still.
 * @throws {TypeError} if `tx` is no transaction that tells how it ends, or is not open.
 */
export function deferAfter<Output>(tx: object, work: Work<Output>): Promise<Output>;
export async function deferAfter<Output>(
  ...[first, second]: readonly [Work<Output>] | readonly [tx: object, work: Work<Output>]
): Promise<Output> {
  const work = second ?? first;
  checkFunction(work, "deferAfter", "a function that does the work, not its promise");
  const collector = new Collector(openCollector(surroundings().collector as Collector | undefined));
  if (second !== undefined) {
    whenEnded(first, (isCommitted) => sendAfter(collector, isCommitted));
    return collectIn(collector, second);
  }
  const output = await collectIn(collector, work as Work<Output>);
  collector.state = "resolved";
  await enqueueOrCollect(collector.jobs);
  return output;
}

async function collectIn<Output>(collector: Collector, work: Work<Output>): Promise<Output> {
  try {
    return await surroundedBy({ collector }, work);
  } catch (error) {
    collector.reject();
    throw error;
  }
}

/** Never rejects: nobody could do anything about it. */
async function sendAfter(collector: Collector, isCommitted: boolean): Promise<void> {
  if (!isCommitted || collector.state === "rejected") {
    collector.reject();
    return;
  }
  collector.state = "resolved";
  const { jobs, outer } = collector;
  const around = openCollector(outer);
  try {
    if (around === undefined) await enqueueJobs(jobs);
    else around.add(jobs);
  } catch (error) {
    const jids = jobs.map(({ id }) => id);
    settings().logger.error(
      { err: error, jids },
      `Did not enqueue ${jobs.map(({ className }) => className).join(", ")} after the transaction was committed: ${String(error)}. ` +
        "Defer anew what is missing",
    );
  }
}
