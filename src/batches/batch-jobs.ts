import type { Adapter } from "../adapters/adapter.ts";
import { readRecord, timestamp } from "../adapters/job-record.ts";
import type { JobStore, Move, Place, StoredJob } from "../adapters/job-store.ts";
import { editPayload } from "../adapters/payload.ts";
import { presentable } from "../adapters/presentable.ts";
import { clock } from "../support/clock.ts";

const PAGE = 500;

/** How many jobs of a batch run now. */
export async function countRunning(id: string, { store }: Adapter): Promise<number> {
  const running = await store.running();
  return running.filter(({ payload }) => isOf(payload, new Set([id]))).length;
}

/** Cancels the jobs of batches that wait. Those that run have been told. */
export async function cancelJobs(ids: ReadonlySet<string>, { store }: Adapter): Promise<void> {
  if (ids.size === 0) {
    return;
  }
  const queues = (await store.queueNames()).map((queue) => ({ queue }));
  const sets = (["scheduled", "retry", "blocked"] as const).map((set) => ({ set }));
  for (const place of [...queues, ...sets]) {
    await passThrough(store, place, ids, (jobs) => store.deleteAll(place, jobs, "cancelled"));
  }
}

/** Puts the dead jobs of a batch back on their queues. @returns how many. */
export async function retryDeadJobs(id: string, { store, timestamps }: Adapter): Promise<number> {
  const dead = { set: "dead" } as const;
  const stamp = timestamp(clock.now(), timestamps);
  const moveOf = (job: StoredJob): Move => ({ job, payload: payloadToRun(job, stamp) });
  return passThrough(store, dead, new Set([id]), (jobs) =>
    store.moveAll(dead, jobs.map(moveOf), "queue"),
  );
}

/** One retry is given back, so that a person's attempt costs none. */
function payloadToRun({ jid, queue, payload }: StoredJob, stamp: number): string {
  const { retry_count: count } = readRecord(payload) ?? {};
  return editPayload(presentable(payload, { jid, queue, stamp }), {
    enqueued_at: undefined,
    ...(typeof count === "number" ? { retry_count: count - 1 } : {}),
  });
}

/** A page is read before the one before is dealt with: its cursor stands on the last job of that. */
async function passThrough(
  store: JobStore,
  place: Place,
  ids: ReadonlySet<string>,
  act: (jobs: readonly StoredJob[]) => Promise<number>,
): Promise<number> {
  let done = 0;
  let cursor: string | undefined;
  let found: readonly StoredJob[] = [];
  do {
    const page = await store.page(place, cursor, PAGE);
    done += found.length === 0 ? 0 : await act(found);
    found = page.jobs.filter(({ payload }) => isOf(payload, ids));
    ({ cursor } = page);
  } while (cursor !== undefined);
  return done + (found.length === 0 ? 0 : await act(found));
}

/** Whether it is a job of one of these batches, and no callback. */
function isOf(payload: string, ids: ReadonlySet<string>): boolean {
  if (!payload.includes('"batch":')) {
    return false;
  }
  const { batch, batch_event: event } = readRecord(payload) ?? {};
  return batch !== undefined && ids.has(batch) && event === undefined;
}
