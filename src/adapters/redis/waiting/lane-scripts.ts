import { inTurns, readFlag, readInteger, readList, readText } from "../connection/read-reply.ts";
import { script, type Script } from "../scripts/script.ts";

interface Drained {
  readonly moved: number;
  /** Whether some wait beside lists now. */
  readonly isLeft: boolean;
}

/** Puts jobs back into lists that nobody looks beside any more, so many at most. */
export const drainLanesScript: Script<number, Drained> = script("drain-lanes", {
  encode: (limit) => [limit],
  decode: (reply) => {
    const [moved, isLeft] = readList(reply);
    return { moved: readInteger(moved), isLeft: readFlag(isLeft) };
  },
});

interface Stretch {
  readonly queue: string;
  /** How many jobs are before the first place to look at, counted from the right. */
  readonly depth: number;
  readonly places: number;
}

interface Unsorted {
  /** How many jobs there were. */
  readonly seen: number;
  /** Jobs that seem to have a priority. */
  readonly found: readonly { readonly depth: number; readonly payload: string }[];
}

/** Looks at a stretch of a queue's list. */
export const unsortedScript: Script<Stretch, Unsorted> = script("unsorted", {
  encode: ({ queue, depth, places }) => [queue, depth, places],
  decode: (reply) => {
    const [seen, found] = readList(reply);
    return {
      seen: readInteger(seen),
      found: inTurns(readList(found), 2).map(([place, payload]) => {
        return { depth: Number(place), payload: readText(payload) };
      }),
    };
  },
});
