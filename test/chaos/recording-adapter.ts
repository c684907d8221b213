import type { DocumentWrite } from "../../src/adapters/documents.ts";
import type { Entry } from "../../src/adapters/adapter.ts";
import type { EnqueueAnswer, Refusal } from "../../src/adapters/enqueue-answer.ts";
import { RedisAdapter } from "mandate/redis";

/** Notes which jobs were refused, in the order in which the store had them. */
export class RecordingAdapter extends RedisAdapter {
  /** By their jids. */
  readonly refused = new Map<string, Refusal>();

  override async enqueue(
    entries: readonly Entry[],
    timeout?: number,
    given?: DocumentWrite,
  ): Promise<EnqueueAnswer> {
    const answer = await super.enqueue(entries, timeout, given);
    answer.refused.forEach((refusal) => this.refused.set(refusal.jid, refusal));
    return answer;
  }
}
