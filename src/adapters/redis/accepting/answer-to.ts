import type { Entry } from "../../adapter.ts";
import type { DocumentWrite } from "../../documents.ts";
import { ALL_ACCEPTED, type EnqueueAnswer, type Refusal } from "../../enqueue-answer.ts";
import type { Accepted, GivenAnswer } from "./enqueue-scripts.ts";

/** One of the calls that went together. */
interface Call {
  readonly entries: readonly Entry[];
  readonly given: DocumentWrite | undefined;
}

/** What each of the calls that went together is answered, in their order. */
export function answersTo(
  calls: readonly Call[],
  { refused, documents }: Accepted,
): readonly EnqueueAnswer[] {
  return calls.map(({ entries, given }, index) => {
    const own = calls.length === 1 ? refused : refusedAmong(entries, refused);
    const document = documents[index];
    return given === undefined || document === undefined
      ? answerTo(own)
      : answerToGiven(given, document, own);
  });
}

function answerTo(refused: readonly Refusal[]): EnqueueAnswer {
  return refused.length === 0 ? ALL_ACCEPTED : { refused, conflict: undefined };
}

function answerToGiven(
  { name }: DocumentWrite,
  document: GivenAnswer,
  refused: readonly Refusal[],
): EnqueueAnswer {
  if (document.version !== undefined) {
    return { refused, conflict: undefined, version: document.version };
  }
  const { found } = document;
  return { refused: [], conflict: { found: found && { name, ...found } } };
}

function refusedAmong(entries: readonly Entry[], refused: readonly Refusal[]): readonly Refusal[] {
  if (refused.length === 0) {
    return refused;
  }
  const jids = new Set(entries.map(({ jid }) => jid));
  return refused.filter(({ jid }) => jids.has(jid));
}
