import type { Entry } from "../../adapter.ts";
import type { DocumentWrite } from "../../documents.ts";
import { ALL_ACCEPTED, type EnqueueAnswer } from "../../enqueue-answer.ts";
import type { Accepted } from "./enqueue-scripts.ts";

/** @param document What was to be written in the same step. */
export function answerTo(
  { refused, version, instead }: Accepted,
  document: DocumentWrite | undefined,
): EnqueueAnswer {
  if (instead !== undefined && document !== undefined) {
    const found = instead === "nothing" ? undefined : { name: document.name, ...instead };
    return { refused: [], conflict: { found } };
  }
  if (version !== undefined) {
    return { refused, conflict: undefined, version };
  }
  return refused.length === 0 ? ALL_ACCEPTED : { refused, conflict: undefined };
}

/** Of the answer to several calls, what one of them is answered. */
export function shareOf(entries: readonly Entry[], answer: EnqueueAnswer): EnqueueAnswer {
  const jids = new Set(entries.map(({ jid }) => jid));
  const refused = answer.refused.filter(({ jid }) => jids.has(jid));
  return refused.length === 0 ? ALL_ACCEPTED : { refused, conflict: undefined };
}
