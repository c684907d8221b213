import { lastDates } from "../../dates.ts";
import type { DayCounters } from "../../job-store.ts";
import { readTime } from "../connection/server-time.ts";
import { countIn } from "../payloads/untrusted.ts";
import type { RedisContext } from "../redis-context.ts";

/** Days of which the counters are read at once. */
const SLICE = 250;

/** The counters that Sidekiq keeps for each day, of the last days, the oldest first. */
export async function countersByDay(context: RedisContext, days: number): Promise<DayCounters[]> {
  const { command, keys } = context;
  const dates = lastDates(await readTime(context), days);
  const counters: DayCounters[] = [];
  for (let at = 0; at < dates.length; at += SLICE) {
    const slice = dates.slice(at, at + SLICE);
    const names = ["processed", "failed"].flatMap((name) =>
      slice.map((date) => keys.counter(`${name}:${date}`)),
    );
    const counts = (await command("MGET", ...names)) as (string | null)[];
    const read = (index: number): number => countIn(Number(counts[index])) ?? 0;
    counters.push(
      ...slice.map((date, index) => ({
        date,
        processed: read(index),
        failed: read(slice.length + index),
      })),
    );
  }
  return counters;
}
