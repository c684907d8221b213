import type { RunningJob } from "../../job-store.ts";
import { readTexts } from "../connection/read-reply.ts";
import { readReceipt } from "./lease-jobs.ts";
import type { RedisContext } from "../redis-context.ts";
import { timeIn, unlessOther } from "../payloads/untrusted.ts";
import { allValues } from "../scripts/hash-values.ts";

/**
 * What leases hold, those included that ran out: of each in the order in which it was handed out.
 */
export async function jobsOfLeases(context: RedisContext): Promise<readonly RunningJob[]> {
  const { command, keys } = context;
  const identities = readTexts(await command("ZRANGE", keys.leases, 0, -1));
  const jobs: RunningJob[] = [];
  for (const identity of identities) {
    const lease = keys.lease(identity);
    const fields = readTexts(await unlessOther(command("HKEYS", lease), []));
    const receipts = inOrder(fields.filter((field) => field !== "number"));
    const payloads = await allValues(context, lease, receipts);
    receipts.forEach((receipt, index) => {
      const payload = payloads[index];
      // It has left meanwhile.
      if (payload == null) return;
      const { milliseconds, queue } = readReceipt(receipt);
      const startedAt = timeIn(Number.parseInt(milliseconds) / 1000) ?? 0;
      jobs.push({ identity, queue, payload, startedAt });
    });
  }
  return jobs;
}

/** By the exchange that brought each, and its index in it. */
function inOrder(receipts: readonly string[]): string[] {
  return receipts
    .map((receipt) => ({ receipt, ...readReceipt(receipt) }))
    .toSorted(
      (one, other) =>
        Number(one.number) - Number(other.number) || Number(one.index) - Number(other.index),
    )
    .map(({ receipt }) => receipt);
}
