import type { ClassRuns } from "../../job-notes.ts";
import { readList } from "../connection/read-reply.ts";
import { readTime } from "../connection/server-time.ts";
import { unlessOther } from "../payloads/untrusted.ts";
import type { RedisContext } from "../redis-context.ts";

/** Minutes whose counters are asked for at once. */
const SLICE = 60;

/**
 * What Sidekiq's metrics page shows, and workers of either library write: by Sidekiq 8's names of
 * keys, and by those of 7, since both may share a Redis.
 *
 * @see Sidekiq 8.1 `metrics/query.rb`, and 7.3's
 */
export async function readRuns(
  context: RedisContext,
  minutes: number,
): Promise<readonly ClassRuns[]> {
  const now = await readTime(context);
  const latest = Math.floor(now / 60) * 60;
  const times = Array.from({ length: minutes }, (_, back) => latest - 60 * back);
  const runs: ClassRuns[] = [];
  for (let from = 0; from < times.length; from += SLICE) {
    const slice = times.slice(from, from + SLICE);
    const read = await Promise.all(slice.map((at) => runsAt(context, at)));
    runs.push(...read.flat());
  }
  return runs;
}

async function runsAt({ command, keys }: RedisContext, at: number): Promise<ClassRuns[]> {
  const counts = new Map<string, { p: number; f: number; ms: number }>();
  for (const name of namesOf(at)) {
    const reply = await unlessOther(command("HGETALL", `${keys.prefix}${name}`), []);
    const values = readList(reply).map(String);
    for (let index = 0; index + 1 < values.length; index += 2) {
      const [, className = "", what = ""] = /^(.+)\|(p|f|ms)$/s.exec(values[index] ?? "") ?? [];
      const value = Number(values[index + 1]);
      if (className === "" || !Number.isFinite(value)) continue;
      const sums = counts.get(className) ?? { p: 0, f: 0, ms: 0 };
      sums[what as "p" | "f" | "ms"] += value;
      counts.set(className, sums);
    }
  }
  return [...counts].map(([className, { p, f, ms }]) => {
    return { className, at, processed: p, failed: f, seconds: ms / 1000 };
  });
}

/** As Sidekiq 8 calls a minute's counters, and as 7 does. */
function namesOf(at: number): readonly [string, string] {
  const date = new Date(at * 1000);
  const [year, month, day] = date.toISOString().slice(0, 10).split("-") as [string, string, string];
  const [hour, minute] = [date.getUTCHours(), date.getUTCMinutes()];
  return [
    `j|${year.slice(2)}${month}${day}|${hour}:${String(minute).padStart(2, "0")}`,
    `j|${year}${month}${day}|${hour}:${minute}`,
  ];
}
