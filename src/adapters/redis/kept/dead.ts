import { readTexts } from "../connection/read-reply.ts";
import type { RedisContext } from "../redis-context.ts";
import { script, type Script } from "../scripts/script.ts";
import { removeScript } from "../waiting/remove-script.ts";

/** Jobs in one step. */
const SLICE = 100;

interface Kept {
  readonly seconds: number;
  readonly count: number;
  /** How many to tell of at most. */
  readonly limit: number;
}

/** Payloads of dead jobs that are too old or too many, the oldest first. @internal */
export const overdueDeadScript: Script<Kept, readonly string[]> = script("overdue-dead", {
  encode: ({ seconds, count, limit }) => [seconds, count, limit],
  decode: readTexts,
});

/** Forgets dead jobs that are too old or too many. Called after a death. */
export async function trimDead({ run, owners, settings }: RedisContext): Promise<void> {
  for (;;) {
    const { deadMaxJobs: count, deadTimeout: seconds } = settings;
    const payloads = await run(overdueDeadScript, { seconds, count, limit: SLICE });
    if (payloads.length === 0) {
      return;
    }
    const identified = await owners.identifyAll(payloads);
    const jobs = identified.map(({ jid, queue }, index) => {
      const payload = payloads[index] ?? "";
      return { jid, payload, queue, changed: "", lane: "", position: "" } as const;
    });
    await run(removeScript, { place: "dead", to: "t", within: undefined, jobs });
  }
}
