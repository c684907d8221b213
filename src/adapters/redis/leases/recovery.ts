import type { Recovery } from "../../adapter.ts";
import { buriedAsLost, LOSSES_TO_BURY } from "../../bury.ts";
import { readReceipt } from "./lease-jobs.ts";
import { drainLanes } from "../waiting/lanes.ts";
import type { RedisContext } from "../redis-context.ts";
import { expiredScript, recoverScript } from "../scripts/scripts.ts";
import { readTime } from "../connection/server-time.ts";

interface Held {
  readonly receipt: string;
  readonly number: number;
  readonly index: number;
  readonly queue: string;
  /** Not there where it is large: it stays in Redis. */
  readonly payload: string | null;
  /** Of one that is large. */
  readonly jid: string;
}

/** Takes over what the leases that ran out hold. Of several that try, one does it. */
export async function recoverLeases(context: RedisContext): Promise<readonly Recovery[]> {
  const expired = await context.run<(string | (string | null)[])[]>(expiredScript, []);
  const recoveries: Recovery[] = [];
  for (let at = 0; at < expired.length; at += 2) {
    const held = readHeld(expired[at + 1] as (string | null)[]);
    const recovery = await recoverOne(context, expired[at] as string, held);
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
  held: readonly Held[],
): Promise<Recovery | undefined> {
  const now = await readTime(context);
  const jids = new Map<string, string>();
  const args: string[] = [];
  for (const { receipt, payload, queue, jid: said } of held) {
    const jid = payload === null ? said : (await context.owners.identify(payload, queue)).jid;
    const burial = { jid: jid === "" ? undefined : jid, queue, now };
    jids.set(receipt, jid === "" ? "?" : jid);
    // Sidekiq and we take the last of several fields of a name.
    const buried =
      payload === null
        ? ["", `,${buriedAsLost({ ...burial, payload: "{}" }).slice(1)}`]
        : [buriedAsLost({ ...burial, payload }), ""];
    args.push(receipt, jid, queue, ...buried);
  }
  const [recovered, ...buried] = await context.run<[number?, ...string[]]>(recoverScript, [
    identity,
    LOSSES_TO_BURY,
    ...args,
  ]);
  if (recovered === undefined || (recovered === 0 && buried.length === 0)) {
    return undefined;
  }
  return { identity, recovered, buried: buried.map((receipt) => jids.get(receipt) ?? "?") };
}

/** The newest first, so that the oldest ends at the head of its queue. */
function readHeld(fields: readonly (string | null)[]): Held[] {
  const held: Held[] = [];
  for (let at = 0; at < fields.length; at += 3) {
    const [receipt, payload = null, jid] = fields.slice(at, at + 3);
    const { number, index, queue } = readReceipt(receipt ?? "");
    const order = { number: Number(number), index: Number(index) };
    held.push({ receipt: receipt ?? "", ...order, queue, payload, jid: jid ?? "" });
  }
  return held.toSorted((a, b) => b.number - a.number || b.index - a.index);
}
