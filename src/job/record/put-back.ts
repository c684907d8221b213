import type { PayloadChanges } from "../../adapters/payload.ts";

/**
 * How often, or since when, this library itself has put a job back without an attempt being spent.
 * Each way of doing so counts in the record, leaves the counts of the others alone, and does it no
 * more once its own is full:
 *
 * - `missing_since`: a record that it refers to is looked for again, for some seconds; then the job
 *   is dropped.
 * - `left_count`: its class is not known here, and it is left to workers that know it. Without an
 *   end only where the operator asked for that (`onUnknownJob: "leave"`).
 * - `held_count`: the store cannot say whether its prerequisites are finished; after an hour that
 *   is a failure.
 * - `locked_count`: its arguments are encrypted with a key that is not here. Without an end:
 *   whoever deploys the key finds all of them.
 * - `overrated`: it was over a limit of its own code (`OverLimitError`); after 20 times that is a
 *   failure. Sidekiq Enterprise's field.
 * - `broken_count`: its run broke down, by a fault of this library; the last time buries it.
 *
 * The other ways spend something else. `requeueJob` is the job's own wish, as often as it asks. A
 * release costs a worker its life, or its lease; what is lost with a worker is counted by the
 * adapter (`recoveries`), and buried in the end. A block ends with the jobs that it waits for.
 */
export const noCounts: PayloadChanges = {
  missing_since: undefined,
  left_count: undefined,
  held_count: undefined,
  locked_count: undefined,
  broken_count: undefined,
  overrated: undefined,
};
