import type { Entry } from "../../adapter.ts";
import type { DocumentWrite } from "../../documents.ts";
import type { Refusal } from "../../enqueue-answer.ts";
import { inTurns, readFlag, readList, readText, readTexts } from "../connection/read-reply.ts";
import type { Reply } from "../connection/reply-reader.ts";
import { script, type Argument, type Script } from "../scripts/script.ts";
import { encodeDocument, readFound, type Found } from "../documents/document-scripts.ts";
import { encodeHeld, encodeHolds } from "../holds/encode-holds.ts";
import { laneWith } from "../payloads/lane.ts";
import { doomedOf, type Doomed } from "../waiting/blocked-scripts.ts";
import { mayBeRubys } from "../waiting/may-be-rubys.ts";
import type { DeliveryNumber } from "../../delivery-numbers.ts";

/** One delivery, as the scripts that accept jobs take it. */
interface Enqueued {
  readonly number: DeliveryNumber;
  /** Each jid once. */
  readonly entries: readonly Entry[];
  /** Seconds from one heartbeat of a Sidekiq process to the next. */
  readonly heartbeat: number;
  readonly documents: readonly GivenDocument[];
}

/** A document that is written in the same step. */
export interface GivenDocument {
  readonly write: DocumentWrite;
  /** How many of the jobs come with it: those of the first document stand first. */
  readonly jobs: number;
}

/** A job that is to be buried at once, behind an entry of the freed list. */
export interface DoomedBehind extends Doomed {
  readonly entry: string;
}

/** What came of a delivery. */
export interface Accepted {
  readonly doomed: readonly DoomedBehind[];
  readonly refused: readonly Refusal[];
  /** What came of each document. */
  readonly documents: readonly GivenAnswer[];
}

/**
 * A document's new version; or it is there in another, or not at all, and nothing that came with it
 * was accepted.
 */
export type GivenAnswer =
  | { readonly version: number }
  | { readonly version?: undefined; readonly found: Found | undefined };

export type EnqueueScript = Script<Enqueued, Accepted>;

/** For one job that waits for nothing, and has neither a priority nor a key that takes turns. */
export const enqueueOneScript: EnqueueScript = script("enqueue-one", {
  encode: ({ number, entries }) => {
    const entry = entries[0] as Entry;
    return [...number, entry.queue, entry.jid, withoutBrace(entry)];
  },
  decode: allAccepted,
});

/** For such jobs. */
export const enqueueScript: EnqueueScript = script("enqueue", {
  encode: ({ number, entries }) => [...number, ...encodeReady(entries)],
  decode: allAccepted,
});

/** For jobs that wait for nothing. */
export const enqueueLanesScript: EnqueueScript = script("enqueue-lanes", {
  encode: ({ number, entries }) => [...number, ...encodeLanes(entries)],
  decode: allAccepted,
});

/**
 * For jobs that wait for nothing, have neither a priority nor a key that takes turns, and have to
 * hold something.
 */
export const enqueueHoldingScript: EnqueueScript = script("enqueue-holding", {
  encode: ({ number, entries }) => encodeHolding([...number], entries),
  decode: (reply) => (readList(reply).length === 0 ? ALL : readAccepted(reply)),
});

/** For all others. */
export const enqueueWaitingScript: EnqueueScript = script("enqueue-waiting", {
  encode: ({ number, entries, heartbeat, documents }) => {
    const rubys = prerequisitesThatMayBeRubys(entries);
    const written = documents.flatMap(({ write, jobs }) => [...encodeDocument(write), jobs]);
    const before = [heartbeat, rubys.length, ...rubys, documents.length, ...written];
    const args: Argument[] = [...number, ...before];
    for (const entry of entries) encodeWaiting(args, entry);
    return args;
  },
  decode: readAccepted,
});

function allAccepted(): Accepted {
  return ALL;
}

/** One object for all, so that none is made per call. */
export const ALL: Accepted = { doomed: [], refused: [], documents: [] };

function readAccepted(reply: Reply): Accepted {
  const [, doomed, refused, documents] = readList(reply);
  return {
    doomed: inTurns(readTexts(doomed), 4).map(([entry = "", ...job]) => {
      return { entry, ...doomedOf(job) };
    }),
    refused: inTurns(readTexts(refused), 4).map(refusalOf),
    documents: readList(documents).map(givenAnswer),
  };
}

function givenAnswer(reply: Reply): GivenAnswer {
  const [isWritten, ...rest] = readList(reply);
  return readFlag(isWritten) ? { version: Number(readText(rest[0])) } : { found: readFound(rest) };
}

function refusalOf([jid = "", key = "", holder = "", how]: readonly string[]): Refusal {
  return {
    jid,
    key,
    holder: holder === "" ? undefined : holder,
    how: how === "replaced" ? "replaced" : "refused",
  };
}

/** The script joins a last field to it. */
function withoutBrace({ payload }: Entry): string {
  return payload.slice(0, -1);
}

/** By queue, in the order of the queues' first jobs. */
function encodeReady(entries: readonly Entry[]): Argument[] {
  const byQueue = new Map<string, Argument[]>();
  let queue: string | undefined;
  let args: Argument[] = [];
  for (const entry of entries) {
    if (entry.queue !== queue) {
      ({ queue } = entry);
      args = byQueue.get(queue) ?? [queue, 0];
      byQueue.set(queue, args);
    }
    args.push(entry.jid, withoutBrace(entry));
  }
  for (const each of byQueue.values()) {
    each[1] = (each.length - 2) / 2;
  }
  return byQueue.size === 1 ? args : [...byQueue.values()].flat();
}

/** By queue, as `encodeReady`. */
function encodeLanes(entries: readonly Entry[]): Argument[] {
  const byQueue = new Map<string, Argument[]>();
  for (const entry of entries) {
    const { jid, queue, priority = 0, fairKey } = entry;
    const args = byQueue.get(queue) ?? [];
    args.push(jid, laneWith(priority, fairKey), withoutBrace(entry));
    byQueue.set(queue, args);
  }
  return [...byQueue].flatMap(([queue, args]) => [queue, args.length / 3, ...args]);
}

/** By runs of one queue, so that of two jobs the first gets a key. */
function encodeHolding(args: Argument[], entries: readonly Entry[]): Argument[] {
  let queue: string | undefined;
  let began = 0;
  for (const entry of entries) {
    if (entry.queue !== queue) {
      ({ queue } = entry);
      began = args.push(queue, 0);
    }
    const length = args.push(entry.jid, withoutBrace(entry), encodeHeld(entry));
    args[began - 1] = (length - began) / 3;
  }
  return args;
}

function encodeWaiting(args: Argument[], entry: Entry): void {
  const { jid, queue, payload, at, delay, prereqs, prereqFailure = "release" } = entry;
  const flag = entry.remembered === true ? 1 : "";
  const due = delay === undefined ? (at ?? "") : `+${delay.toFixed(6)}`;
  const lane = laneWith(entry.priority ?? 0, entry.fairKey);
  args.push(jid, queue, payload, due, prereqFailure, flag, lane, encodeHolds(entry));
  if (prereqs === undefined) {
    args.push(0);
  } else {
    const each = new Set(prereqs);
    args.push(each.size, ...each);
  }
  args.push(entry.batch ?? "");
}

function prerequisitesThatMayBeRubys(entries: readonly Entry[]): string[] {
  const found = new Set<string>();
  for (const { prereqs = [] } of entries) {
    prereqs.filter(mayBeRubys).forEach((jid) => found.add(jid));
  }
  if (found.size > 0) {
    entries.forEach(({ jid }) => found.delete(jid));
  }
  return [...found];
}
