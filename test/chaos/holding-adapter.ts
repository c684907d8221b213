import type { DocumentWrite } from "../../src/adapters/documents.ts";
import type { Entry } from "../../src/adapters/adapter.ts";
import {
  ALL_ACCEPTED,
  type EnqueueAnswer,
  type Refusal,
} from "../../src/adapters/enqueue-answer.ts";
import { RedisAdapter } from "mandate/redis";
import { holdsOf } from "./job-holds.ts";

/** Gives jobs holds of every kind, and notes which were refused. */
export class HoldingAdapter extends RedisAdapter {
  /** By their jids. */
  readonly refused = new Map<string, Refusal>();

  override async enqueue(
    entries: readonly Entry[],
    timeout?: number,
    given?: DocumentWrite,
  ): Promise<EnqueueAnswer> {
    const { refused } = await super.enqueue(entries.map(withHolds), timeout, given);
    refused.forEach((refusal) => this.refused.set(refusal.jid, refusal));
    return ALL_ACCEPTED;
  }
}

function withHolds(entry: Entry): Entry {
  const holds = holdsOf(entry.jid);
  return holds === undefined ? entry : { ...entry, holds };
}
