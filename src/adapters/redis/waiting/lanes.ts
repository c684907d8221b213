import type { Move } from "../../job-store.ts";
import type { RedisContext } from "../redis-context.ts";
import { laneIn } from "../payloads/lane.ts";
import { moveToLanes } from "./remove.ts";
import { drainLanesScript, unsortedScript } from "./lane-scripts.ts";

/** Jobs in one step. */
const SLICE = 500;

/** How many jobs without a priority a list may have in front of those that are put into lanes. */
const DEEPEST = 100_000;

/**
 * Puts what waits beside lists that no worker of ours looks beside back into those lists.
 *
 * @returns whether some wait beside lists all the same.
 */
export async function drainLanes({ run }: Pick<RedisContext, "run">): Promise<boolean> {
  for (;;) {
    const { moved, isLeft } = await run(drainLanesScript, SLICE);
    if (moved < SLICE) {
      return isLeft;
    }
  }
}

/**
 * Puts jobs into lanes that are in lists since nobody looked beside those. Of several that do, one
 * moves each.
 */
export async function sortIntoLanes(
  context: RedisContext,
  queues: readonly string[],
): Promise<void> {
  for (const queue of queues) {
    await sortOne(context, queue);
    await context.command("SREM", context.keys.unsorted, queue);
  }
}

async function sortOne(context: RedisContext, queue: string): Promise<void> {
  for (let depth = 0; depth < DEEPEST;) {
    const stretch = { queue, depth, places: SLICE };
    const { seen, found } = await context.run(unsortedScript, stretch);
    const moves = found
      .filter(({ payload }) => laneIn(payload) !== "")
      .map((job) => moveOf(queue, job));
    const moved = moves.length === 0 ? 0 : await moveToLanes(context, queue, moves);
    if (seen < SLICE) {
      return;
    }
    depth += seen - moved;
  }
}

function moveOf(
  queue: string,
  { payload, depth }: { readonly payload: string; readonly depth: number },
): Move {
  return { job: { jid: undefined, queue, payload, at: undefined, depth }, payload };
}
