import type { Move } from "../../job-store.ts";
import type { RedisContext } from "../redis-context.ts";
import { priorityIn } from "../payloads/priority.ts";
import { moveToLanes } from "./remove.ts";
import { drainLanesScript, unsortedScript } from "../scripts/scripts.ts";

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
    const [moved, isLeft] = await run<[number, number]>(drainLanesScript, [SLICE]);
    if (moved < SLICE) {
      return isLeft === 1;
    }
  }
}

/** Puts jobs into lanes that are in lists since nobody looked beside those. Of several that do, one moves each. */
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
    const [seen, found] = await context.run<[number, (number | string)[]]>(unsortedScript, [
      queue,
      depth,
      SLICE,
    ]);
    const moves = movesOf(queue, found);
    const moved = moves.length === 0 ? 0 : await moveToLanes(context, queue, moves);
    if (seen < SLICE) {
      return;
    }
    depth += seen - moved;
  }
}

/** Of what seems to have a priority, what has one. */
function movesOf(queue: string, found: readonly (number | string)[]): Move[] {
  const moves: Move[] = [];
  for (let at = 0; at < found.length; at += 2) {
    const payload = String(found[at + 1]);
    if (priorityIn(payload) !== "") {
      const job = { jid: undefined, queue, payload, at: undefined, depth: Number(found[at]) };
      moves.push({ job, payload });
    }
  }
  return moves;
}
