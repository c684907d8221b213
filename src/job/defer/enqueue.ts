import { AdapterError } from "../../adapters/adapter-error.ts";
import { batchKey } from "../../adapters/batches.ts";
import type { Refusal } from "../../adapters/enqueue-answer.ts";
import { abort } from "../around/abort.ts";
import { enqueueCallbacks } from "../declare/callbacks.ts";
import { LazyCommand } from "../inside/lazy-command.ts";
import { channels } from "../observe/events.ts";
import { runInside } from "../around/middleware.ts";
import { publishDuplicate, publishEnqueued } from "../observe/observe.ts";
import { inOrder } from "./prerequisites.ts";
import type { PreparedJob } from "./prepared-job.ts";
import { settings } from "../settings/settings.ts";
import { isThrown } from "../../support/thrown.ts";

/**
 * Sends jobs to their adapter in one batch, callbacks and middleware around each. One that is
 * halted stays out, and what waits for it does not wait; if one's callback throws, none is sent.
 *
 * @throws {AdapterError} if the store did not take them.
 */
export function enqueueJobs(given: readonly PreparedJob[]): Promise<void> | undefined {
  if (given.length === 0) {
    return undefined;
  }
  const jobs = inOrder(given);
  const isBare = settings().enqueueMiddleware.length === 0 && jobs.every(hasNoCallbacks);
  return isBare ? pushBare(jobs) : pushInside(jobs);
}

function hasNoCallbacks(job: PreparedJob): boolean {
  return enqueueCallbacks.of(job.declarations).length === 0;
}

async function pushBare(jobs: readonly PreparedJob[]): Promise<void> {
  const refusals = await push(jobs);
  refusals?.forEach((refusal, job) => tellRefused(job, refusal));
}

/** What the store did not take. */
type Refusals = ReadonlyMap<PreparedJob, Refusal>;

/** @returns what the store did not take, if anything. */
async function push(jobs: readonly PreparedJob[]): Promise<Refusals | undefined> {
  const { adapter, enqueueTimeout } = settings();
  if (jobs.some(isLinked)) {
    await linkInBatches(jobs);
  }
  const entries = jobs.map((job) => job.toEntry());
  let refused: readonly Refusal[];
  try {
    ({ refused } = await adapter.enqueue(entries, enqueueTimeout));
  } catch (error) {
    if (isThrown(error, AdapterError)) {
      noteAccepted(jobs, error);
    }
    throw error;
  }
  if (refused.length > 0) {
    return noteRefused(jobs, refused);
  }
  noteEnqueued(jobs);
  return undefined;
}

function isLinked({ batch, prereqs }: PreparedJob): boolean {
  return batch !== undefined && prereqs.length > 0;
}

async function linkInBatches(jobs: readonly PreparedJob[]): Promise<void> {
  for (const batch of new Set(jobs.flatMap((job) => (isLinked(job) ? job.batch : undefined)))) {
    await batch?.link(jobs.filter((job) => job.batch === batch));
  }
}

function noteEnqueued(jobs: readonly PreparedJob[]): void {
  for (const job of jobs) {
    job.accept();
  }
  if (channels.enqueue.hasSubscribers) {
    publishEnqueued(jobs);
  }
}

async function noteRefused(
  jobs: readonly PreparedJob[],
  refused: readonly Refusal[],
): Promise<Refusals> {
  const byJid = new Map(refused.map((refusal) => [refusal.jid, refusal]));
  const refusals = new Map<PreparedJob, Refusal>();
  for (const job of jobs) {
    const refusal = byJid.get(job.id);
    if (refusal !== undefined) refusals.set(job, refusal);
  }
  noteEnqueued(jobs.filter((job) => !refusals.has(job)));
  await assertJoined(refusals);
  for (const [job, refusal] of refusals) {
    job.standFor(refusal.holder ?? refusal.jid);
    publishDuplicate(job, refusal);
  }
  return refusals;
}

/** @throws what a batch says that did not take its job. */
async function assertJoined(refusals: Refusals): Promise<void> {
  for (const [job, { key }] of refusals) {
    const { batch } = job;
    if (batch !== undefined && key === batchKey(batch.id)) {
      throw await batch.refusal();
    }
  }
}

/** @throws what the job's class throws then. */
function tellRefused(job: PreparedJob, { key, holder, how, jid }: Refusal): void {
  if (how === "refused") {
    job.declarations.hooks.onRefused?.(job, { key, holder: holder ?? jid });
  }
}

function noteAccepted(jobs: readonly PreparedJob[], error: AdapterError): void {
  const accepted = new Set(error.accepted);
  for (const job of jobs) {
    if (accepted.has(job.id)) {
      job.accept();
    } else if (error.maybeAccepted && !job.isAccepted) {
      job.doubt();
    }
  }
}

/**
 * All jobs go through their layers side by side; the push waits until the last has come to its
 * core.
 */
async function pushInside(jobs: readonly PreparedJob[]): Promise<void> {
  const { enqueueMiddleware: middleware } = settings();
  const ready = new Set<PreparedJob>();
  const failures: unknown[] = [];
  const arrivals = new Countdown(jobs.length);
  const pushed = arrivals.end.then(() => {
    if (failures.length > 0) {
      throw failures[0];
    }
    return push(jobs.filter((job) => ready.has(job)));
  });
  const through = jobs.map(async (job) => {
    const source = new LazyCommand(job.runnable, job);
    const layers = { middleware, callbacks: enqueueCallbacks.of(job.declarations), source };
    try {
      const ran = await runInside(layers, job, () => {
        ready.add(job);
        arrivals.count();
        return pushed.then((refusals) => endHere(job, refusals?.get(job)));
      });
      if (!ran) {
        job.halt();
      }
    } catch (error) {
      if (!ready.has(job)) {
        failures.push(error);
      }
      throw error;
    } finally {
      if (!ready.has(job)) {
        arrivals.count();
      }
      const disposal = source.dispose();
      if (disposal !== undefined) {
        await disposal;
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

/** Nothing comes after an enqueue that was none; after one that replaced another there does. */
function endHere(job: PreparedJob, refusal: Refusal | undefined): void {
  if (refusal?.how === "refused") {
    tellRefused(job, refusal);
    throw abort;
  }
}

class Countdown {
  readonly end: Promise<void>;
  #resolve: () => void = () => {};
  #left: number;

  constructor(from: number) {
    this.#left = from;
    this.end = new Promise((resolve) => (this.#resolve = resolve));
  }

  count(): void {
    this.#left -= 1;
    if (this.#left === 0) {
      this.#resolve();
    }
  }
}
