import { setTimeout } from "node:timers/promises";
import type { Adapter } from "mandate";

/** Resolves when every job is done, or after a minute: by then something is wrong. */
export async function noJobsLeft({ store }: Adapter): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const sizes = [
      ...(await store.queueNames()).map((queue) => store.size({ queue })),
      ...(["scheduled", "retry", "blocked"] as const).map((set) => store.size({ set })),
      store.running().then((jobs) => jobs.length),
    ];
    if ((await Promise.all(sizes)).every((size) => size === 0)) return;
    await setTimeout(50);
  }
}
