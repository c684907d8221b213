import type { Unsuccessful } from "./ends.ts";
import type { Entry } from "./entry.ts";
import type { FetchedJob } from "./fetching.ts";
import type { Left } from "./job-notes.ts";

/**
 * How one run ended, after so many `seconds`. `jid` is `undefined` only where the payload has none
 * that can be read.
 *
 * - done: over; `ended` says how, if that was no success, and `failed` that it counts as a failure.
 *   It may leave something, as may dead.
 * - retry: waits in the retry set until `at`.
 * - requeue: the same job again, scheduled for `at`, or at the end of its queue. No failure.
 * - block: waits until these jids are finished. No failure.
 * - dead: waits for a person.
 * - release: goes back to the head of its queue, as it was fetched or last stood at a checkpoint:
 *   its run has no end that counts. With a payload it was interrupted, and goes on from there; then
 *   it counts as no more recovered.
 *
 * Counted as processed: done, retry, requeue and dead. Counted as failed: retry, dead, and done
 * with `failed`. A payload is given without `enqueued_at`, as an entry's; that of a release with
 * it, as it was fetched. A job that was cancelled is over with any of them, and cancelled, unless
 * it is done.
 */
export type Outcome = {
  readonly job: FetchedJob;
  readonly jid: string | undefined;
  seconds?: number;
} & (
  | ({
      readonly kind: "done";
      readonly failed?: boolean;
      readonly ended?: Exclude<Unsuccessful, "dead" | "deleted">;
    } & Left)
  | ({ readonly kind: "retry"; readonly at: number } & Delayed & Rewritten)
  | ({ readonly kind: "requeue"; readonly at?: number } & Delayed & Rewritten)
  | ({ readonly kind: "block" } & Rewritten & Required<Pick<Entry, "prereqs" | "prereqFailure">>)
  | ({ readonly kind: "dead"; readonly payload: string } & Pick<Left, "result">)
  | { readonly kind: "release"; readonly payload?: string }
);

/**
 * Where it is given, the store reckons with it, by its own clock, and not with `at`: a worker's may
 * be wrong.
 */
interface Delayed {
  /** Seconds from now. */
  readonly delay?: number;
}

type Rewritten = Pick<Entry, "payload" | "queue">;
