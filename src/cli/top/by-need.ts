import type { QueueStats } from "../../inspection/figures/queue-stats.ts";

/** Queues in which jobs wait, and paused ones, before the empty ones: not all may fit. */
export function byNeed(queues: readonly QueueStats[]): readonly QueueStats[] {
  const isIdle = ({ size, paused }: QueueStats): number => Number(size === 0 && !paused);
  return queues.toSorted((one, other) => isIdle(one) - isIdle(other));
}
