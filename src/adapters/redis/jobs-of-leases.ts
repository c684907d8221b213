import type { RunningJob } from "../job-store.ts";
import type { RedisContext } from "./redis-context.ts";
import { timeIn, unlessOther } from "./told.ts";

/** What leases hold, those included that ran out: of each in the order in which it was handed out. */
export async function jobsOfLeases(context: RedisContext): Promise<readonly RunningJob[]> {
  const { command, keys } = context;
  const identities = (await command("ZRANGE", keys.leases, 0, -1)) as string[];
  const jobs: RunningJob[] = [];
  for (const identity of identities) {
    const all = unlessOther(command("HGETALL", keys.lease(identity)), []);
    jobs.push(...jobsIn(identity, (await all) as string[]));
  }
  return jobs;
}

/** By their receipts: the exchange that brought them, their index in it, when that was, and the queue they came from. */
function jobsIn(identity: string, held: readonly string[]): RunningJob[] {
  return Array.from({ length: held.length / 2 }, (_, at) => {
    const [number = "", index, milliseconds, ...queue] = (held[2 * at] ?? "").split(":");
    return { number, index, milliseconds, queue, payload: held[2 * at + 1] ?? "" };
  })
    .filter(({ number }) => number !== "number")
    .toSorted(
      (one, other) =>
        Number(one.number) - Number(other.number) || Number(one.index) - Number(other.index),
    )
    .map(({ milliseconds, queue, payload }) => ({
      identity,
      queue: queue.join(":"),
      payload,
      startedAt: timeIn(Number(milliseconds) / 1000) ?? 0,
    }));
}
