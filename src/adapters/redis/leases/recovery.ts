import type { Recovery } from "../../adapter.ts";
import { buriedAsLost } from "../../bury.ts";
import { readTime } from "../connection/server-time.ts";
import type { RedisContext } from "../redis-context.ts";
import { drainLanes } from "../waiting/lanes.ts";
import { readReceipt } from "./lease-jobs.ts";
import { expiredScript, recoverScript, type Lost } from "./recovery-scripts.ts";

/** Takes over what the leases that ran out had. Of several that try, one does it. */
export async function recoverLeases(context: RedisContext): Promise<readonly Recovery[]> {
  const recoveries: Recovery[] = [];
  for (const { identity, lost } of await context.run(expiredScript, undefined)) {
    const recovery = await recoverOne(context, identity, lost);
    if (recovery !== undefined) {
      recoveries.push(recovery);
    }
  }
  await drainLanes(context);
  return recoveries;
}

async function recoverOne(
  context: RedisContext,
  identity: string,
  lost: readonly Lost[],
): Promise<Recovery | undefined> {
  const stamp = context.settings.timestamp(await readTime(context));
  const jids = new Map<string, string>();
  const jobs = [];
  for (const { receipt, queue, payload, jid: said } of newestFirst(lost)) {
    const jid = payload === null ? said : (await context.owners.identify(payload, queue)).jid;
    const burial = { jid: jid === "" ? undefined : jid, queue, stamp };
    jids.set(receipt, jid === "" ? "?" : jid);
    // Sidekiq and we take the last of several fields of a name.
    const fields =
      payload === null
        ? { buried: "", behind: `,${buriedAsLost({ ...burial, payload: "{}" }).slice(1)}` }
        : { buried: buriedAsLost({ ...burial, payload }), behind: "" };
    jobs.push({ receipt, jid, queue, ...fields });
  }
  const recovered = await context.run(recoverScript, { identity, jobs });
  if (recovered === undefined || (recovered.count === 0 && recovered.buried.length === 0)) {
    return undefined;
  }
  const buried = recovered.buried.map((receipt) => jids.get(receipt) ?? "?");
  return { identity, recovered: recovered.count, buried };
}

/** So that the oldest ends at the head of its queue. */
function newestFirst(lost: readonly Lost[]): (Lost & { readonly queue: string })[] {
  return lost
    .map((job) => ({ ...job, ...readReceipt(job.receipt) }))
    .toSorted((a, b) => Number(b.number) - Number(a.number) || Number(b.index) - Number(a.index));
}
