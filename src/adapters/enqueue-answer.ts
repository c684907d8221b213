import type { Conflict } from "./documents.ts";

/** What came of enqueueing. */
export interface EnqueueAnswer {
  /**
   * Jobs that the store did not accept, since a key that they must hold is full. Nothing is there
   * under their jids.
   */
  readonly refused: readonly Refusal[];
  /**
   * Nothing was accepted: the document that was to be written with the jobs was not there in the
   * version asked for.
   */
  readonly conflict: Conflict | undefined;
  /** Of the document that was written with the jobs, if one was: its new version. */
  readonly version?: number;
}

/** A job that was not accepted. */
export interface Refusal {
  /** Of the job. */
  readonly jid: string;
  /** That is full. */
  readonly key: string;
  /**
   * The jid of the job that holds the key, or is in line for it; `undefined` where nobody does,
   * because none may.
   */
  readonly holder: string | undefined;
  /** refused: the holder is as it was. replaced: it took over what the job was. */
  readonly how: "refused" | "replaced";
}

/** Of all calls in which nothing was refused: one object, so that none is made per call. */
export const ALL_ACCEPTED: EnqueueAnswer = { refused: [], conflict: undefined };
