import type { DocumentWrite } from "../../src/adapters/documents.ts";
import type { Entry } from "../../src/adapters/adapter.ts";
import { ALL_ACCEPTED, type EnqueueAnswer } from "../../src/adapters/enqueue-answer.ts";
import { holdsOf } from "./job-holds.ts";
import { RecordingAdapter } from "./recording-adapter.ts";

/** Gives jobs holds of every kind. */
export class HoldingAdapter extends RecordingAdapter {
  override async enqueue(
    entries: readonly Entry[],
    timeout?: number,
    given?: DocumentWrite,
  ): Promise<EnqueueAnswer> {
    await super.enqueue(entries.map(withHolds), timeout, given);
    return ALL_ACCEPTED;
  }
}

function withHolds(entry: Entry): Entry {
  const holds = holdsOf(entry.jid);
  return holds === undefined ? entry : { ...entry, holds };
}
