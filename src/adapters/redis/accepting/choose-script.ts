import { type Entry, RecordEntry } from "../../adapter.ts";
import type { DocumentWrite } from "../../documents.ts";
import {
  enqueueLanesScript,
  enqueueOneScript,
  enqueueScript,
  enqueueWaitingScript,
  type EnqueueScript,
} from "./enqueue-scripts.ts";

/** What goes to Redis at once, and the script that accepts it. */
export interface Acceptable {
  readonly script: EnqueueScript;
  /** Each jid once. */
  readonly entries: readonly Entry[];
  /** Is written in the same step. */
  readonly document?: DocumentWrite;
}

export function chooseScript(given: readonly Entry[], document?: DocumentWrite): Acceptable {
  const [first] = given;
  if (document !== undefined) {
    return { script: enqueueWaitingScript, entries: firstOfEach(given), document };
  }
  if (first !== undefined && given.length === 1 && isReady(first) && isPlain(first)) {
    return { script: enqueueOneScript, entries: given };
  }
  const entries = given.length === 1 ? given : firstOfEach(given);
  if (entries.every(isReady)) {
    return { script: entries.every(isPlain) ? enqueueScript : enqueueLanesScript, entries };
  }
  return { script: enqueueWaitingScript, entries };
}

/** Of those with one jid, the first. */
function firstOfEach(entries: readonly Entry[]): readonly Entry[] {
  if (entries.every((entry) => RecordEntry.isFirst(entry))) {
    return entries;
  }
  const jids = new Set<string>();
  for (const { jid } of entries) {
    jids.add(jid);
  }
  return jids.size === entries.length ? entries : entries.filter(({ jid }) => jids.delete(jid));
}

/** Of `"enqueued_at":…}`, as the scripts look for it. */
const LONGEST_STAMP = 64;

/**
 * Whether it waits for nothing, its jid is like all others, and its payload is one that
 * `enqueued_at` can simply be joined to.
 */
function isReady({ payload, at, prereqs, remembered, holds }: Entry): boolean {
  return (
    at === undefined &&
    holds === undefined &&
    remembered !== true &&
    (prereqs === undefined || prereqs.length === 0) &&
    payload.startsWith('{"') &&
    payload.endsWith("}") &&
    !payload.includes('"enqueued_at"', payload.length - LONGEST_STAMP)
  );
}

/** Whether it belongs into its queue's list, whoever looks beside that. */
function isPlain({ priority = 0 }: Entry): boolean {
  return priority === 0;
}
