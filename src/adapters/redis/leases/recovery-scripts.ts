import { LOSSES_TO_BURY } from "../../bury.ts";
import {
  inTurns,
  readInteger,
  readList,
  readText,
  readTexts,
  readValues,
} from "../connection/read-reply.ts";
import { script, type Script } from "../scripts/script.ts";

/** A job of a lease that ran out. */
export interface Lost {
  readonly receipt: string;
  /** Not there where it is large: it stays in Redis. */
  readonly payload: string | null;
  /** Of one that is large. */
  readonly jid: string;
}

interface Expired {
  readonly identity: string;
  readonly lost: readonly Lost[];
}

/** Leases that ran out, and what they had. */
export const expiredScript: Script<void, readonly Expired[]> = script("expired", {
  encode: () => [],
  decode: (reply) =>
    inTurns(readList(reply), 2).map(([identity, jobs]) => ({
      identity: readText(identity),
      lost: inTurns(readValues(jobs), 3).map(([receipt, payload = null, jid]) => {
        return { receipt: receipt ?? "", payload, jid: jid ?? "" };
      }),
    })),
});

interface Recovered {
  readonly receipt: string;
  /** "" where there is none. */
  readonly jid: string;
  readonly queue: string;
  /**
   * The payload to bury, or "" and what to write behind the last field of the one that is there.
   */
  readonly buried: string;
  readonly behind: string;
}

interface Recovery {
  readonly identity: string;
  /** The newest first. */
  readonly jobs: readonly Recovered[];
}

interface RecoveredJobs {
  /** How many went back. */
  readonly count: number;
  /** Receipts. */
  readonly buried: readonly string[];
}

/** Takes over what a lease had; `undefined` where another was first. */
export const recoverScript: Script<Recovery, RecoveredJobs | undefined> = script("recover", {
  encode: ({ identity, jobs }) => [
    identity,
    LOSSES_TO_BURY,
    ...jobs.flatMap(({ receipt, jid, queue, buried, behind }) => {
      return [receipt, jid, queue, buried, behind];
    }),
  ],
  decode: (reply) => {
    const [count, ...buried] = readList(reply);
    return count === undefined
      ? undefined
      : { count: readInteger(count), buried: readTexts(buried) };
  },
});
