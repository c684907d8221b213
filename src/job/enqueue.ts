import { runInside } from "./middleware.ts";
import { checkPrerequisites } from "./prerequisites.ts";
import type { PreparedJob } from "./prepared-job.ts";
import { settings } from "./settings.ts";

/**
 * Sends jobs to their adapter in one batch, callbacks and middleware around each. One that is halted
 * stays out; if one's callback throws, none is sent.
 *
 * @throws {AdapterError} if the store did not take them.
 */
export async function enqueueJobs(jobs: readonly PreparedJob[]): Promise<void> {
  checkPrerequisites(jobs);
  const middleware = settings().enqueueMiddleware;
  const isBare = (job: PreparedJob): boolean => job.declarations.enqueueCallbacks.length === 0;
  if (middleware.length === 0 && jobs.every(isBare)) {
    await push(jobs);
  } else {
    await pushInside(jobs);
  }
}

async function push(jobs: readonly PreparedJob[]): Promise<void> {
  const { adapter, enqueueTimeout } = settings();
  await adapter.enqueue(
    jobs.map((job) => job.toEntry()),
    enqueueTimeout,
  );
  for (const job of jobs) {
    job.accept();
  }
}

/** All jobs go through their layers side by side; the push waits until the last has come to its core. */
async function pushInside(jobs: readonly PreparedJob[]): Promise<void> {
  const layers = { middleware: settings().enqueueMiddleware };
  const ready = new Set<PreparedJob>();
  let missing = jobs.length;
  let failure: unknown;
  let isFailed = false;
  let start: () => void;
  const started = new Promise<void>((resolve) => (start = resolve));
  const pushed = started.then(() => {
    if (isFailed) {
      throw failure;
    }
    return push(jobs.filter((job) => ready.has(job)));
  });
  const arrive = (): void => {
    missing -= 1;
    if (missing === 0) {
      start();
    }
  };
  const through = jobs.map(async (job) => {
    const callbacks = job.declarations.enqueueCallbacks;
    try {
      const ran = await runInside({ ...layers, callbacks }, job, () => {
        ready.add(job);
        arrive();
        return pushed;
      });
      if (!ran) {
        job.halt();
      }
    } catch (error) {
      if (!ready.has(job)) {
        isFailed = true;
        failure = error;
      }
      throw error;
    } finally {
      if (!ready.has(job)) {
        arrive();
      }
    }
  });
  const settled = await Promise.allSettled(through);
  await pushed;
  for (const result of settled) {
    if (result.status === "rejected") {
      throw result.reason;
    }
  }
}
