import type { RedisContext } from "./redis-context.ts";
import { overdueDeadScript, removeScript } from "./scripts.ts";

/** As Sidekiq: 180 days, 10,000 jobs. */
const SECONDS_TO_KEEP = 15_552_000;
const JOBS_TO_KEEP = 10_000;
const SLICE = 500;

/** Forgets dead jobs that are too old or too many. Called after a death. */
export async function trimDead(context: RedisContext): Promise<void> {
  for (;;) {
    const args = [SECONDS_TO_KEEP, JOBS_TO_KEEP, SLICE];
    const payloads = await context.run<string[]>(overdueDeadScript, args);
    if (payloads.length === 0) {
      return;
    }
    const identities = await context.strays.identifyAll(payloads);
    const jobs = payloads.flatMap((payload, index) => [
      identities[index]?.jid ?? "",
      payload,
      "",
      "",
    ]);
    await context.run(removeScript, ["dead", "", ...jobs]);
  }
}
