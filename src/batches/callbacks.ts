import type { BatchEvent } from "../adapters/batches.ts";
import { enqueueJobs } from "../job/defer/enqueue.ts";
import { isPrepared, type PreparedJob } from "../job/defer/prepared-job.ts";
import { describe } from "../job/checks/checks.ts";

/** A job that is enqueued when something happens to a batch: what `prepare` returns. */
export type Callback = PreparedJob;

/** The callbacks of a batch, by what they wait for. */
export type Callbacks = readonly (readonly [BatchEvent, PreparedJob])[];

const EVENTS = { onComplete: "complete", onSuccess: "success", onDeath: "death" } as const;

/** @throws {TypeError} if one cannot be a callback. */
export function readCallbacks(
  options: Partial<Readonly<Record<keyof typeof EVENTS, PreparedJob | undefined>>>,
): Callbacks {
  const names = Object.keys(EVENTS) as (keyof typeof EVENTS)[];
  return names.flatMap((name) => {
    const job: unknown = options[name];
    return job === undefined ? [] : [[EVENTS[name], read(job, name)]];
  });
}

function read(job: unknown, name: string): PreparedJob {
  if (!isPrepared(job)) {
    throw new TypeError(
      `Cannot use ${describe(job)} as ${name} of a batch: give what prepare() returned`,
    );
  }
  if (job.isAccepted) {
    throw new TypeError(
      `Cannot use ${job.className} ${job.id} as ${name} of a batch: it was enqueued already. Prepare another`,
    );
  }
  if (job.prereqs.length > 0) {
    throw new TypeError(
      `Cannot use ${job.className} ${job.id} as ${name} of a batch: it waits for other jobs. ` +
        "A callback waits for its batch alone: leave prereqJobs out, and add those jobs to the batch",
    );
  }
  return job;
}

/** Enqueues them behind what they wait for. */
export async function enqueueCallbacks(id: string, callbacks: Callbacks): Promise<void> {
  await enqueueJobs(callbacks.map(([event, job]) => job.asCallback(id, event)));
}
