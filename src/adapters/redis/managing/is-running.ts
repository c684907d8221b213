import type { JobStore } from "../../job-store.ts";
import type { RedisContext } from "../redis-context.ts";

/** Whether a worker's lease has the job: all that runs is looked through. */
export async function isRunning(
  { owners }: Pick<RedisContext, "owners">,
  store: Pick<JobStore, "running">,
  jid: string,
): Promise<boolean> {
  const running = await store.running();
  const ids = await owners.identifyAll(running.map(({ payload }) => payload));
  return ids.some((identity) => identity.jid === jid);
}
