import { readRecord } from "../../job-record.ts";
import { withJid } from "../../presentable.ts";
import type { Owners } from "../payloads/owners.ts";
import type { Settlement } from "./settlement.ts";

/**
 * Gives outcomes their jids: a payload that cannot be read may have been enqueued under a jid all
 * the same.
 */
export async function addJids(owners: Owners, settlements: Settlement[]): Promise<void> {
  for (const [index, outcome] of settlements.entries()) {
    if (outcome.jid === undefined) {
      const { payload, queue } = outcome.job;
      const { jid } = await owners.identify(payload, queue);
      const known = jid === "" ? outcome : { ...outcome, jid };
      const isRewritten = "payload" in known && known.kind !== "release";
      settlements[index] = isRewritten ? await named(owners, known) : known;
    }
  }
}

/** With a payload that says whose it is, where it has room for that. */
async function named<Named extends Settlement & { readonly payload: string }>(
  owners: Owners,
  outcome: Named,
): Promise<Named> {
  const jid = outcome.jid ?? jidIn(outcome.payload);
  if (jid === undefined) {
    return outcome;
  }
  const payload = withJid(outcome.payload, jid);
  if (jidIn(payload) === undefined) {
    await owners.remember(payload, { jid, queue: outcome.job.queue });
  }
  return { ...outcome, jid, payload };
}

function jidIn(payload: string): string | undefined {
  const jid: unknown = readRecord(payload)?.jid;
  return typeof jid === "string" && jid !== "" ? jid : undefined;
}
