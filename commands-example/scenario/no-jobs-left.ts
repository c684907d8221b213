import { setTimeout } from "node:timers/promises";
import type { Adapter } from "mandate";

/** Resolves when every job is done, or after two minutes: by then something is wrong. */
export async function noJobsLeft({ store }: Adapter): Promise<void> {
  const deadline = Date.now() + 120_000;
  // A job that moves while it is looked for may be missed: not twice.
  for (let looks = 0; looks < 2 && Date.now() < deadline;) {
    const sizes = [
      ...(await store.queueNames()).map((queue) => store.size({ queue })),
      ...(["scheduled", "retry", "blocked"] as const).map((set) => store.size({ set })),
      store.running().then((jobs) => jobs.length),
    ];
    looks = (await Promise.all(sizes)).every((size) => size === 0) ? looks + 1 : 0;
    await setTimeout(50);
  }
}
