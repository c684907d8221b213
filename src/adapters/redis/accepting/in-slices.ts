import { AdapterError } from "../../adapter-error.ts";
import type { Entry } from "../../adapter.ts";
import { ALL_ACCEPTED, type EnqueueAnswer, type Refusal } from "../../enqueue-answer.ts";

/** So many are under way at a time: Redis takes one slice while the next is made. */
const MOST_UNDER_WAY = 2;
/**
 * Characters of payloads that are under way in more than one: over a slow link the time for one
 * would pass while those before it are on the way.
 */
const MOST_TOGETHER = 512 * 1024;

interface SlicesParts {
  /** How many jobs are in one, at most. */
  readonly size: number;
  /** Has one accepted. */
  readonly send: (slice: readonly Entry[]) => Promise<EnqueueAnswer>;
  /** Told of what was accepted where something was not: the whole may be tried again. */
  readonly onPart: (jids: readonly string[]) => void;
}

interface Ended {
  readonly slice: readonly Entry[];
  readonly answer?: EnqueueAnswer;
  readonly error?: unknown;
}

interface Slice {
  readonly entries: readonly Entry[];
  /** Of their payloads, in characters. */
  readonly length: number;
}

interface UnderWay extends Pick<Slice, "length"> {
  readonly end: Promise<Ended>;
}

/**
 * Has many jobs accepted, slice by slice in their order. Behind one that was not accepted no
 * further one is sent.
 *
 * @throws {AdapterError} as `send` does, with the jids of those that were accepted.
 */
export async function addInSlices(
  entries: readonly Entry[],
  { size, send, onPart }: SlicesParts,
): Promise<EnqueueAnswer> {
  const accepted: string[] = [];
  const refused: Refusal[] = [];
  const errors: unknown[] = [];
  const underWay: UnderWay[] = [];
  // Whom a job waits for may depend on what is answered of those before it.
  const most = entries.some(({ prereqs = [] }) => prereqs.length > 0) ? 1 : MOST_UNDER_WAY;
  const mayGo = (next: Slice): boolean =>
    underWay.length === 0 ||
    (underWay.length < most && lengthOf([...underWay, next]) <= MOST_TOGETHER);
  const left = slicesOf(entries, size);
  let next = left.next().value;
  while (next !== undefined || underWay.length > 0) {
    if (next !== undefined && mayGo(next)) {
      const slice = behindHolders(next.entries, refused);
      underWay.push({ length: next.length, end: endOf(slice, send(slice)) });
      next = left.next().value;
      continue;
    }
    const { slice = [], answer, error } = (await underWay.shift()?.end) ?? {};
    if (answer === undefined) {
      errors.push(error);
      next = undefined;
    } else {
      const absent = new Set(answer.refused.map(({ jid }) => jid));
      accepted.push(...slice.flatMap(({ jid }) => (absent.has(jid) ? [] : jid)));
      refused.push(...answer.refused);
    }
  }
  if (errors.length > 0) {
    if (accepted.length > 0) onPart(accepted);
    throw partly(errors, { accepted, count: entries.length });
  }
  return refused.length === 0 ? ALL_ACCEPTED : { refused, conflict: undefined };
}

function* slicesOf(entries: readonly Entry[], size: number): Generator<Slice, undefined> {
  for (let from = 0; from < entries.length; from += size) {
    const slice = entries.slice(from, from + size);
    yield { entries: slice, length: lengthOf(slice.map(({ payload }) => payload)) };
  }
}

function lengthOf(all: readonly { readonly length: number }[]): number {
  return all.reduce((sum, { length }) => sum + length, 0);
}

function endOf(slice: readonly Entry[], answer: Promise<EnqueueAnswer>): Promise<Ended> {
  return answer.then(
    (given) => ({ slice, answer: given }),
    (error: unknown) => ({ slice, error }),
  );
}

/** The first error, with what became of the others. */
function partly(
  errors: readonly unknown[],
  { accepted, count }: { readonly accepted: readonly string[]; readonly count: number },
): unknown {
  const [first] = errors;
  return first instanceof AdapterError
    ? new AdapterError(`${first.message}. Accepted: ${accepted.length} of ${count} jobs`, {
        cause: first.cause,
        accepted,
        maybeAccepted: errors.some((each) => each instanceof AdapterError && each.maybeAccepted),
      })
    : first;
}

/** Prerequisites that were refused before stand for the jobs that hold their keys. */
function behindHolders(entries: readonly Entry[], refused: readonly Refusal[]): readonly Entry[] {
  if (refused.length === 0) {
    return entries;
  }
  const holders = new Map(refused.map(({ jid, holder }) => [jid, holder]));
  return entries.map((entry) => {
    const { prereqs = [] } = entry;
    const behind = prereqs.map((jid) => holders.get(jid) ?? jid);
    return prereqs.some((jid) => holders.has(jid)) ? { ...entry, prereqs: behind } : entry;
  });
}
