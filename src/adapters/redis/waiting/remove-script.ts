import { readInteger, readList } from "../connection/read-reply.ts";
import type { Lane } from "../payloads/lane.ts";
import type { Fate } from "../scripts/fates.ts";
import { script, type Script } from "../scripts/script.ts";

interface RemovedJob {
  /** "" where there is none. */
  readonly jid: string;
  readonly payload: string;
  readonly queue: string;
  /** What it becomes where it goes; "" where it goes nowhere. */
  readonly changed: string;
  readonly lane: Lane;
  /** Where it was seen in a lane, PRIORITY/POSITION; else "". */
  readonly position: string;
}

/** Where jobs go: "lane" from a queue's list to where they belong. A fate deletes them. */
export type RemovedTo = "queue" | "lane" | "dead" | Fate;

/** A stretch of a queue's list. */
export interface Stretch {
  /** How many jobs are before its first place, counted from the right. */
  readonly depth: number;
  readonly places: number;
}

interface Removal {
  /** "queue:NAME", "lane:NAME", "parked", "schedule", "retry", "dead", "blocked" or "finished". */
  readonly place: string;
  readonly to: RemovedTo;
  /** Where to look, deep in a queue. */
  readonly within: Stretch | undefined;
  readonly jobs: readonly RemovedJob[];
}

export interface Removed {
  readonly count: number;
  /** The places, among those asked for, of jobs that may be elsewhere in their queue. */
  readonly missed: readonly number[];
}

/** Deletes jobs from where they wait, or moves them, unless they have left. */
export const removeScript: Script<Removal, Removed> = script("remove", {
  encode: ({ place, to, within, jobs }) => [
    place,
    to,
    within?.depth ?? "",
    within?.places ?? "",
    ...jobs.flatMap(({ jid, payload, queue, changed, lane, position }) => {
      return [jid, payload, queue, changed, lane, position];
    }),
  ],
  decode: (reply) => {
    const [count, ...missed] = readList(reply);
    return { count: readInteger(count), missed: missed.map(readInteger) };
  },
});
