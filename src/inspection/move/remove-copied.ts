import type { Place, StoredJob } from "../../adapters/job-store.ts";
import { SLICE, type Copied, type MoveTask } from "./copy-jobs.ts";

const SETS = ["dead", "scheduled", "retry", "blocked"] as const;

/**
 * Deletes what the new store has, of which it is asked once more: a job that is not there is copied
 * by another round.
 *
 * @returns how many were deleted.
 */
export async function removeCopied(task: MoveTask, copied: Copied): Promise<number> {
  const queues = await task.from.store.queueNames();
  let removed = 0;
  for (const place of [...queues.map((queue) => ({ queue })), ...SETS.map((set) => ({ set }))]) {
    removed += await removeFrom(place, task, copied);
  }
  return removed;
}

async function removeFrom(place: Place, task: MoveTask, copied: Copied): Promise<number> {
  const { from, signal } = task;
  let removed = 0;
  let cursor: string | undefined;
  let before: readonly StoredJob[] = [];
  const remove = async (): Promise<void> => {
    const count = before.length === 0 ? 0 : await from.store.deleteAll(place, before);
    removed += count;
    task.tell({ removed: count });
  };
  do {
    signal?.throwIfAborted();
    const page = await from.store.page(place, cursor, SLICE);
    // The cursor stands on the last job of its page: that one goes once the next page is there.
    await remove();
    before = await known(page.jobs, task, copied);
    ({ cursor } = page);
  } while (cursor !== undefined);
  await remove();
  return removed;
}

async function known(
  jobs: readonly StoredJob[],
  { to }: MoveTask,
  { jids }: Copied,
): Promise<readonly StoredJob[]> {
  const found = await Promise.all(
    jobs.map(async ({ jid = "" }) => {
      if (!jids.has(jid)) return false;
      const status = await to.status(jid);
      return status !== "finished" && status !== "unknown" && status !== "cancelled";
    }),
  );
  return jobs.filter((_, index) => found[index]);
}
