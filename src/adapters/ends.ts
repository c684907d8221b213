/** How a job ended that is over without success. */
export type Unsuccessful = "dead" | "discarded" | "cancelled" | "expired" | "deleted";

/** Seconds for which that is remembered of a job that is not dead. */
export const ENDS_KEPT = 3_600;
/** Of how many jobs that is remembered at most. */
export const MOST_ENDS = 100_000;

/** Seconds for which a jid makes no second job after the first is over, where that is asked for. */
export const JIDS_KEPT = 600;

/** What became of it, as the rest of a sentence. */
export const ENDS_IN_WORDS: Readonly<Record<Unsuccessful, string>> = {
  dead: "is dead",
  discarded: "was discarded",
  cancelled: "was cancelled",
  expired: "expired before it was run",
  deleted: "was deleted",
};
