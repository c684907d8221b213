import type { Place } from "../adapters/job-store.ts";
import { dead, retry } from "./jobs.ts";
import type { Rig } from "./rig.ts";

/** Every kind of place that jobs wait in. */
export const WHERE = ["queue", "scheduled", "retry", "dead", "blocked"] as const;

/** Brings jobs to a place, which had none. */
export async function putAll(
  rig: Rig,
  where: (typeof WHERE)[number],
  names: readonly string[],
): Promise<Place> {
  if (where === "queue") {
    await rig.enqueueAll(names);
    return { queue: "default" };
  }
  if (where === "scheduled") {
    await rig.enqueueAll(names, { inTicks: 50 });
  } else if (where === "blocked") {
    await rig.enqueue("first", { inTicks: 50, queue: "other" });
    await rig.enqueueAll(names, { prereqs: ["first"] });
  } else {
    await rig.enqueueAll(names);
    const lease = await rig.lease();
    const at = (await rig.now()) + 50 * rig.tick;
    const jobs = await lease.fetch(names.length);
    await lease.settle(...jobs.map((job) => (where === "dead" ? dead(job) : retry(job, at))));
  }
  return { set: where };
}
