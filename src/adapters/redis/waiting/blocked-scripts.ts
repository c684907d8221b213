import {
  inTurns,
  readFlag,
  readInteger,
  readList,
  readText,
  readTexts,
} from "../connection/read-reply.ts";
import { script, type Script } from "../scripts/script.ts";

/** A blocked job whose prerequisite was no success. */
export interface Doomed {
  readonly jid: string;
  readonly queue: string;
  readonly payload: string;
}

interface Released {
  /** Whether something may be left. */
  readonly isMore: boolean;
  /** How many jobs were handed on. */
  readonly handed: number;
  /** The freed list's entry, "NUMBER FATE JID" of the prerequisite. */
  readonly entry: string;
  /** Jobs to bury. */
  readonly doomed: readonly Doomed[];
  /** Whether the entry is dealt with. */
  readonly isLast: boolean;
}

/** Hands on so many at most of the jobs that waited for the first on the freed list. */
export const releaseScript: Script<number, Released> = script("release", {
  encode: (limit) => [limit],
  decode: (reply) => {
    const [isMore, handed, entry, doomed, isLast] = readList(reply);
    return {
      isMore: readFlag(isMore),
      handed: readInteger(handed),
      entry: readText(entry),
      doomed: inTurns(readTexts(doomed), 3).map(doomedOf),
      isLast: readFlag(isLast),
    };
  },
});

export function doomedOf([jid = "", queue = "", payload = ""]: readonly string[]): Doomed {
  return { jid, queue, payload };
}

interface Burial {
  /** The freed list's entry. */
  readonly entry: string;
  /** With the payloads that they are buried with. */
  readonly jobs: readonly { readonly jid: string; readonly payload: string }[];
}

/** Buries blocked jobs, and answers how many had not left. */
export const buryScript: Script<Burial, number> = script("bury", {
  encode: ({ entry, jobs }) => [entry, ...jobs.flatMap(({ jid, payload }) => [jid, payload])],
  decode: readInteger,
});
