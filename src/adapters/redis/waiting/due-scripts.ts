import {
  readFlag,
  readInteger,
  readList,
  readScored,
  readText,
  type Scored,
} from "../connection/read-reply.ts";
import type { Lane } from "../payloads/lane.ts";
import { script, type Script } from "../scripts/script.ts";

/** Where jobs wait for a time. */
export type DueSet = "schedule" | "retry";

interface WhatIsDue {
  /** When the earliest job is due that is not due yet, or a key may be free that is waited for. */
  readonly nextAt: number | undefined;
  readonly scheduled: readonly Scored[];
  readonly retried: readonly Scored[];
  /** Keys may be free whose time has come. */
  readonly areKeysDue: boolean;
}

/** Reads so many of each set at most; asked for 0 the earliest time alone, be it due or not. */
export const dueScript: Script<number, WhatIsDue> = script("due", {
  encode: (limit) => [limit],
  decode: (reply) => {
    const [at, scheduled, retried, areKeysDue] = readList(reply);
    const nextAt = readText(at);
    return {
      nextAt: nextAt === "" ? undefined : Number(nextAt),
      scheduled: readScored(scheduled),
      retried: readScored(retried),
      areKeysDue: readFlag(areKeysDue),
    };
  },
});

/**
 * Tells of so many keys at most that may be free because their time has come, and answers of how
 * many.
 */
export const comeDueScript: Script<number, number> = script("come-due", {
  encode: (limit) => [limit],
  decode: readInteger,
});

interface Promoted {
  readonly set: DueSet;
  readonly payload: string;
  /** "" where there is none. */
  readonly jid: string;
  readonly queue: string;
  readonly lane: Lane;
  /** The payload in the queue. */
  readonly queued: string;
}

/** Moves jobs to their queues, and answers how many. */
export const promoteScript: Script<readonly Promoted[], number> = script("promote", {
  encode: (jobs) =>
    jobs.flatMap(({ set, payload, jid, queue, lane, queued }) => {
      return [set, payload, jid, queue, lane, queued === payload ? "" : queued];
    }),
  decode: readInteger,
});
