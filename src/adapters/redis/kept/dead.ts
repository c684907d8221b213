import { deadRetention } from "../../retention.ts";
import type { RedisContext } from "../redis-context.ts";
import { overdueDeadScript, removeScript } from "../scripts/scripts.ts";

const SLICE = 500;

/** Forgets dead jobs that are too old or too many. Called after a death. */
export async function trimDead(context: RedisContext): Promise<void> {
  for (;;) {
    const { deadMaxJobs, deadTimeout } = deadRetention();
    const args = [deadTimeout, deadMaxJobs, SLICE];
    const payloads = await context.run<string[]>(overdueDeadScript, args);
    if (payloads.length === 0) {
      return;
    }
    const identities = await context.owners.identifyAll(payloads);
    const jobs = payloads.flatMap((payload, index) => [
      identities[index]?.jid ?? "",
      payload,
      "",
      "",
    ]);
    await context.run(removeScript, ["dead", "t", "", "", ...jobs]);
  }
}
