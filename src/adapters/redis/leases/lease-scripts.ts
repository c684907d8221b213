import {
  inTurns,
  readFlag,
  readInteger,
  readList,
  readText,
  readTexts,
} from "../connection/read-reply.ts";
import { script, type Script } from "../scripts/script.ts";
import type { Beat } from "./heartbeat.ts";

interface Opened {
  readonly identity: string;
  /** Seconds, or `Infinity`. */
  readonly ttl: number;
  /** What operators see of the worker, JSON. */
  readonly shown: string;
  /** Names of queues; one that ends in a star stands for all that begin so. */
  readonly served: readonly string[];
}

/**
 * Opens a lease, and answers in which queues' lists jobs may wait that belong into lanes;
 * `undefined` where a lease of that identity is open.
 */
export const openLeaseScript: Script<Opened, readonly string[] | undefined> = script("open-lease", {
  encode: ({ identity, ttl, shown, served }) => [identity, secondsToLive(ttl), shown, ...served],
  decode: (reply) => {
    const [isOpen, unsorted] = readList(reply);
    return readFlag(isOpen) ? readTexts(unsorted) : undefined;
  },
});

interface Renewal {
  readonly identity: string;
  readonly beat: Beat;
  /** Receipts of the jobs that it runs; `undefined` for all that it has. */
  readonly running: readonly string[] | undefined;
}

interface Renewed {
  /** A signal for the worker, or "". */
  readonly signal: string;
  /** Redis's memory is full. */
  readonly isFull: boolean;
}

/** Answers `undefined` where the lease ran out before. */
export const renewLeaseScript: Script<Renewal, Renewed | undefined> = script("renew-lease", {
  encode: ({ identity, beat, running }) => [
    identity,
    secondsToLive(beat.ttl),
    beat.shown,
    beat.info,
    beat.concurrency,
    beat.busy,
    String(beat.quiet),
    beat.roundTrip,
    beat.memory,
    ...(running === undefined ? ["all"] : ["some", ...running]),
  ],
  decode: (reply) => {
    const [renewed, signal, isFull] = readList(reply);
    return readFlag(renewed) ? { signal: readText(signal), isFull: readFlag(isFull) } : undefined;
  },
});

interface Checkpoint {
  readonly identity: string;
  readonly receipt: string;
  readonly jid: string | undefined;
  readonly payload: string;
}

/** Answers whether the lease holds the job; `undefined` where it ran out before. */
export const checkpointScript: Script<Checkpoint, boolean | undefined> = script("checkpoint", {
  encode: ({ identity, receipt, jid = "", payload }) => [identity, receipt, jid, payload],
  decode: (reply) => {
    const [isHeld] = readList(reply);
    return isHeld === "lost" ? undefined : readFlag(isHeld);
  },
});

/** Ends a lease, and answers how many jobs went back. */
export const closeLeaseScript: Script<{ readonly identity: string }, number> = script(
  "close-lease",
  { encode: ({ identity }) => [identity], decode: readInteger },
);

interface Adoption {
  readonly identity: string;
  /** As of an exchange. */
  readonly number: number;
}

/** A job that a lease has. */
export interface Held {
  /** Of its payload. */
  readonly bytes: number;
  /** The key that has refused it at the fetch; "" where it has expired. */
  readonly unheld: string | undefined;
}

/** Answers each job that the lease has, by its receipt; `undefined` where it has ended. */
export const adoptScript: Script<Adoption, ReadonlyMap<string, Held> | undefined> = script(
  "adopt",
  {
    encode: ({ identity, number }) => [identity, number],
    decode: (reply) => {
      const [state, ...jobs] = readList(reply);
      return state === "ok"
        ? new Map(
            inTurns(jobs, 3).map(([receipt, bytes, how]) => [
              readText(receipt),
              { bytes: readInteger(bytes), unheld: unheldIn(readText(how)) },
            ]),
          )
        : undefined;
    },
  },
);

function unheldIn(how: string): string | undefined {
  return how === "" ? undefined : how.slice(1);
}

/** A lease's time, as scripts take it. */
export function secondsToLive(ttl: number): number | string {
  return ttl === Infinity ? "+inf" : ttl;
}
