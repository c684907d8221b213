import type { FetchRequest, ParkedJob } from "../../adapter.ts";
import { hasStar } from "../../served-queues.ts";
import { inTurns, readInteger, readList, readText, readTexts } from "../connection/read-reply.ts";
import type { Reply } from "../connection/reply-reader.ts";
import { script, type Argument, type Script } from "../scripts/script.ts";

interface ExchangeCall {
  readonly identity: string;
  /** Greater than those of all before. */
  readonly number: number;
  /** How many jobs to fetch. */
  readonly limit: number;
  readonly request: FetchRequest | undefined;
  /** An offer is to be withdrawn. */
  readonly hasOffer: boolean;
  /** Another is to be made, where there are fewer jobs than asked for. */
  readonly takesMore: boolean;
  /** By encode-outcomes.ts. */
  readonly outcomes: readonly Argument[];
}

/** Jobs of one queue, from its list or one of its lanes. */
export interface FetchedPart {
  readonly queue: string;
  /** "/PRIORITY", or "" of the list. */
  readonly lane: string;
  readonly payloads: readonly string[];
}

/** What came of an exchange. */
export interface Exchanged {
  /** When it was, in epoch milliseconds. */
  readonly milliseconds: string;
  /** Blocked jobs are free. */
  readonly releasable: boolean;
  /** Jobs of some worker were recovered. */
  readonly anyRecoveries: boolean;
  /** Receipts of jobs that the lease had no more. */
  readonly refused: readonly string[];
  readonly fetched: readonly FetchedPart[];
  /** The offer that there was, is gone: a job may have been handed over. */
  readonly wasTaken: boolean;
  /** An offer is made now. */
  readonly isOffered: boolean;
  /** Jobs may have been left that were too large to come along. */
  readonly isCut: boolean;
  /** What there is to say of holds, where any job has some. */
  readonly holds: HoldsSeen | undefined;
}

export interface HoldsSeen {
  /**
   * Jobs without their turns: how many come before, and the key by which it was refused, or "" for
   * one that has expired.
   */
  readonly unheld: readonly (readonly [index: number, key: string])[];
  /** The next job takes or leaves something by being fetched. */
  readonly wantsTurn: boolean;
  /** Jobs took turns ahead, and there are not as many for those that were left. */
  readonly wereAhead: boolean;
  /** Keys have become free that jobs wait for. */
  readonly areFree: boolean;
  /** When the next may be free. */
  readonly nextFreeAt: number | undefined;
  /** Jobs that were parked, and those of which came that had been. */
  readonly parked: readonly ParkedJob[];
  readonly unparked: readonly ParkedJob[];
}

/**
 * Settles outcomes and fetches jobs. "lost": the lease has ended. "late": a later exchange came
 * before this one, of which nothing was done.
 */
export const exchangeScript: Script<ExchangeCall, Exchanged | "lost" | "late"> = script(
  "exchange",
  { encode, decode },
);

function encode(call: ExchangeCall): Argument[] {
  const { identity, number, limit, request, hasOffer, takesMore, outcomes } = call;
  const queues = request?.queues;
  return [
    identity,
    number,
    limit,
    Math.floor(Math.random() * 2 ** 31),
    hasOffer ? 1 : 0,
    takesMore ? 1 : 0,
    request !== undefined && queues === undefined ? -1 : (queues?.length ?? 0),
    queues?.some(hasStar) === true ? 1 : 0,
    request?.turns ?? limit,
    ...(queues ?? []),
    ...outcomes,
  ];
}

function decode(reply: Reply): Exchanged | "lost" | "late" {
  const [milliseconds, sum, refused, fetched, ...holds] = readList(reply);
  const time = readText(milliseconds);
  if (time === "lost" || time === "late") {
    return time;
  }
  const flags = readInteger(sum);
  return {
    milliseconds: time,
    releasable: (flags & 1) !== 0,
    anyRecoveries: (flags & 2) !== 0,
    wasTaken: (flags & 4) !== 0,
    isOffered: (flags & 8) !== 0,
    isCut: (flags & 16) !== 0,
    refused: readTexts(refused),
    fetched: readFetched(readList(fetched)),
    holds: holds.length > 0 ? readHolds(holds, flags) : undefined,
  };
}

function readHolds(replies: readonly Reply[], flags: number): HoldsSeen {
  const [unheld, at, parked, unparked] = replies;
  const nextFreeAt = readText(at);
  return {
    unheld: inTurns(readList(unheld), 2).map(
      ([index, key]) => [readInteger(index), readText(key)] as const,
    ),
    wantsTurn: (flags & 32) !== 0,
    wereAhead: (flags & 64) !== 0,
    areFree: (flags & 128) !== 0,
    nextFreeAt: nextFreeAt === "" ? undefined : Number(nextFreeAt),
    parked: readParked(parked),
    unparked: readParked(unparked),
  };
}

function readParked(reply: Reply | undefined): ParkedJob[] {
  return inTurns(readTexts(reply), 3).map(([jid = "", queue = "", key = ""]) => {
    return { jid, queue, key };
  });
}

/** Queue, lane and payloads, in turns. */
function readFetched(replies: readonly Reply[]): FetchedPart[] {
  const fetched: FetchedPart[] = [];
  for (let at = 0; at < replies.length; at += 3) {
    const [queue, lane] = [readText(replies[at]), readText(replies[at + 1])];
    fetched.push({ queue, lane, payloads: readTexts(replies[at + 2]) });
  }
  return fetched;
}
