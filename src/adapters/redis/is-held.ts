import type { JobStore } from "../job-store.ts";
import type { RedisContext } from "./redis-context.ts";

/** Whether a worker's lease has the job: all that runs is looked through. */
export async function isHeld(
  { strays }: Pick<RedisContext, "strays">,
  store: Pick<JobStore, "running">,
  jid: string,
): Promise<boolean> {
  const running = await store.running();
  const ids = await strays.identifyAll(running.map(({ payload }) => payload));
  return ids.some((identity) => identity.jid === jid);
}
