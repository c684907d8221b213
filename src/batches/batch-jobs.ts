import type { Adapter } from "../adapters/adapter.ts";
import { readRecord, timestamp } from "../adapters/job-record.ts";
import type { JobStore, Move, Place, StoredJob } from "../adapters/job-store.ts";
import { editPayload } from "../adapters/payload.ts";
import { presentable } from "../adapters/presentable.ts";
import { batchesOf } from "./store.ts";
import { clock } from "../support/clock.ts";

const PAGE = 500;

/** How many jobs of batches run now. */
export async function countRunning(
  ids: readonly string[],
  { store }: Pick<Adapter, "store">,
): Promise<number> {
  const running = await store.running();
  return running.filter(({ payload }) => isOf(payload, new Set(ids))).length;
}

/**
 * Cancels the jobs of batches that wait. Those that run have been told.
 *
 * No list says who is in a batch. It looks through what waits, a page at a time, until it has found
 * as many as are left: what it does not find any more is moving, and ends as it is handed out.
 */
export async function cancelJobs(ids: readonly string[], adapter: Adapter): Promise<void> {
  const { store } = adapter;
  const left = new LeftJobs(ids, adapter);
  await left.count();
  const queues = left.isNone ? [] : await store.queueNames();
  const sets = (["scheduled", "retry", "blocked"] as const).map((set) => ({ set }));
  for (const place of [...queues.map((queue) => ({ queue })), ...sets]) {
    await passThrough(store, place, {
      ids: new Set(ids),
      act: (jobs) => left.gone(() => store.deleteAll(place, jobs, "cancelled")),
      isEnough: () => left.isNoneAfterPage(),
    });
  }
}

/** Pages from one look at how many jobs are left to the next: others end meanwhile. */
const PAGES_A_LOOK = 20;

/** How many jobs of batches are still to be found where they wait. */
class LeftJobs {
  readonly #ids: readonly string[];
  readonly #adapter: Adapter;
  #left = 0;
  #pages = 0;

  constructor(ids: readonly string[], adapter: Adapter) {
    this.#ids = ids;
    this.#adapter = adapter;
  }

  get isNone(): boolean {
    return this.#left <= 0;
  }

  /** Dead ones stay, and those that run end by themselves. */
  async count(): Promise<void> {
    const states = await batchesOf(this.#adapter).read(this.#ids);
    const alive = states.reduce((sum, state) => sum + (state ? state.pending - state.dead : 0), 0);
    const running = alive === 0 ? 0 : await countRunning(this.#ids, this.#adapter);
    this.#left = alive - running;
  }

  async gone(cancel: () => Promise<number>): Promise<number> {
    const count = await cancel();
    this.#left -= count;
    return count;
  }

  async isNoneAfterPage(): Promise<boolean> {
    this.#pages += 1;
    if (!this.isNone && this.#pages % PAGES_A_LOOK === 0) await this.count();
    return this.isNone;
  }
}

/** Puts the dead jobs of a batch back on their queues. @returns how many. */
export async function retryDeadJobs(id: string, { store, timestamps }: Adapter): Promise<number> {
  const dead = { set: "dead" } as const;
  const stamp = timestamp(clock.now(), timestamps);
  const moveOf = (job: StoredJob): Move => ({ job, payload: payloadToRun(job, stamp) });
  return passThrough(store, dead, {
    ids: new Set([id]),
    act: (jobs) => store.moveAll(dead, jobs.map(moveOf), "queue"),
    isEnough: async () => false,
  });
}

/** One retry is given back, so that a person's attempt costs none. */
function payloadToRun({ jid, queue, payload }: StoredJob, stamp: number): string {
  const { retry_count: count } = readRecord(payload) ?? {};
  return editPayload(presentable(payload, { jid, queue, stamp }), {
    enqueued_at: undefined,
    ...(typeof count === "number" ? { retry_count: count - 1 } : {}),
  });
}

interface Pass {
  /** Of these batches. */
  readonly ids: ReadonlySet<string>;
  readonly act: (jobs: readonly StoredJob[]) => Promise<number>;
  /** Asked after each page. */
  readonly isEnough: () => Promise<boolean>;
}

/**
 * A page is read before the one before is dealt with: its cursor stands on the last job of that.
 */
async function passThrough(
  store: JobStore,
  place: Place,
  { ids, act, isEnough }: Pass,
): Promise<number> {
  let done = 0;
  let cursor: string | undefined;
  let found: readonly StoredJob[] = [];
  while (!(await isEnough())) {
    const page = await store.page(place, cursor, PAGE);
    done += found.length === 0 ? 0 : await act(found);
    found = page.jobs.filter(({ payload }) => isOf(payload, ids));
    ({ cursor } = page);
    if (cursor === undefined) break;
  }
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
