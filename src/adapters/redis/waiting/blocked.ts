import { buriedWithPrereq } from "../../bury.ts";
import { readTime } from "../connection/server-time.ts";
import type { RedisContext } from "../redis-context.ts";
import { endOf } from "../scripts/fates.ts";
import { buryScript, releaseScript, type Doomed } from "./blocked-scripts.ts";

const SLICE = 500;

/**
 * One slice of what prerequisites have freed; slices in which nobody became free are passed over.
 */
export async function releaseBlocked(context: RedisContext): Promise<number> {
  for (;;) {
    const { isMore, handed, entry, doomed } = await context.run(releaseScript, SLICE);
    const buried = doomed.length === 0 ? 0 : await buryBehind(context, entry, doomed);
    if (handed + buried > 0 || !isMore) {
      return handed + buried;
    }
  }
}

/**
 * Buries jobs whose prerequisite is no success.
 *
 * @param entry Of the freed list: "NUMBER FATE JID".
 * @returns how many had not left.
 */
export async function buryBehind(
  context: RedisContext,
  entry: string,
  doomed: readonly Doomed[],
): Promise<number> {
  const [, fate = "", ...prereq] = entry.split(" ");
  const failed = { jid: prereq.join(" "), ended: endOf(fate) ?? "dead" };
  const stamp = context.settings.timestamp(await readTime(context));
  const jobs = doomed.map(({ jid, queue, payload }) => {
    return { jid, payload: buriedWithPrereq({ jid, queue, payload, stamp }, failed) };
  });
  return context.run(buryScript, { entry, jobs });
}
