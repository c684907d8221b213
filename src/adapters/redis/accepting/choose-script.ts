import { type Entry, RecordEntry } from "../../adapter.ts";
import type { DocumentWrite } from "../../documents.ts";
import {
  enqueueHoldingScript,
  enqueueLanesScript,
  enqueueOneScript,
  enqueueScript,
  enqueueWaitingScript,
  type EnqueueScript,
  type GivenDocument,
} from "./enqueue-scripts.ts";

/** What goes to Redis at once, and the script that accepts it. */
export interface Acceptable {
  readonly script: EnqueueScript;
  /** Each jid once. */
  readonly entries: readonly Entry[];
  readonly documents: readonly GivenDocument[];
}

const NONE: readonly GivenDocument[] = [];

export function chooseScript(given: readonly Entry[]): Acceptable {
  const [first] = given;
  if (
    first !== undefined &&
    given.length === 1 &&
    isReady(first) &&
    isPlain(first) &&
    first.holds === undefined
  ) {
    return { script: enqueueOneScript, entries: given, documents: NONE };
  }
  const entries = firstOfEach(given);
  return { script: scriptFor(entries), entries, documents: NONE };
}

function scriptFor(entries: readonly Entry[]): EnqueueScript {
  if (!entries.every(isReady)) {
    return enqueueWaitingScript;
  }
  const arePlain = entries.every(isPlain);
  if (!entries.some(holdsKeys)) {
    return arePlain ? enqueueScript : enqueueLanesScript;
  }
  return arePlain && entries.every(isTakenOrRefused) ? enqueueHoldingScript : enqueueWaitingScript;
}

/** Jobs that come with documents: all of a document's, or none. */
export function withDocuments(together: readonly Given[]): Acceptable {
  const entries: Entry[] = [];
  const documents: GivenDocument[] = [];
  for (const { entries: own, given } of together) {
    if (given !== undefined) {
      const first = firstOfEach(own);
      entries.push(...first);
      documents.push({ write: given, jobs: first.length });
    }
  }
  return { script: enqueueWaitingScript, entries, documents };
}

interface Given {
  readonly entries: readonly Entry[];
  readonly given: DocumentWrite | undefined;
}

/** Of those with one jid, the first. */
function firstOfEach(entries: readonly Entry[]): readonly Entry[] {
  if (entries.length === 1 || entries.every((entry) => RecordEntry.isFirst(entry))) {
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
function isReady({ payload, at, prereqs, remembered, batch }: Entry): boolean {
  return (
    at === undefined &&
    batch === undefined &&
    remembered !== true &&
    (prereqs === undefined || prereqs.length === 0) &&
    payload.startsWith('{"') &&
    payload.endsWith("}") &&
    !payload.includes('"enqueued_at"', payload.length - LONGEST_STAMP)
  );
}

/** Whether it belongs into its queue's list, whoever looks beside that. */
function isPlain({ priority = 0, fairKey }: Entry): boolean {
  return priority === 0 && fairKey === undefined;
}

/** Whether it has to hold something. */
export function holdsKeys({ holds }: Entry): boolean {
  return holds !== undefined;
}

/** Whether it waits for none of its keys before a worker fetches it. */
function isTakenOrRefused({ holds }: Entry): boolean {
  return (
    holds === undefined ||
    holds.every(({ from, whenFull }) => from === "fetch" || whenFull === "refuse")
  );
}
