import { readBatchEvent, type BatchHappening } from "../../batches.ts";
import { buriedWithPrereq } from "../../bury.ts";
import { readTime } from "../connection/server-time.ts";
import type { RedisContext } from "../redis-context.ts";
import { endOf } from "../scripts/fates.ts";
import { buryScript, releaseScript, type Doomed } from "./blocked-scripts.ts";

const SLICE = 500;
/** How a prerequisite ended that is done, or an event of a batch that has come. */
const DONE = "f";

/**
 * One slice of what prerequisites have freed; slices in which nobody became free are passed over.
 */
export async function releaseBlocked(
  context: RedisContext,
  onBatch?: (happened: BatchHappening) => void,
): Promise<number> {
  for (;;) {
    const { isMore, handed, entry, doomed, isLast } = await context.run(releaseScript, SLICE);
    const [, fate = "", prereq = ""] = entry.split(" ");
    const happened = isLast && fate === DONE ? readBatchEvent(prereq) : undefined;
    if (happened !== undefined) onBatch?.(happened);
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
