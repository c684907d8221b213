import type { Outcome } from "../../adapters/adapter.ts";
import { thrownMessage } from "../../support/thrown.ts";
import { isCount } from "../record/failure-fields.ts";
import type { JobRun } from "../inside/job-run.ts";

/** Seconds. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 300;
/** About an hour: then not to be told is a failure, which spends an attempt. */
const MOST_PAUSES = 18;

/** Begins a run, unless what its job waits for is unfinished. @returns what it comes to. */
export async function startUnlessBlocked(
  run: JobRun,
  prereqs: readonly string[],
  start: (run: JobRun) => unknown,
): Promise<unknown> {
  run.notBegun = await outcomeOfUnfinished(run, prereqs);
  return run.notBegun === undefined ? await start(run) : undefined;
}

/**
 * How a run ends that may not begin: Ruby, or a requeue, put the job into its queue while others
 * that it waits for are unfinished.
 *
 * @returns `undefined` if they are finished.
 * @throws what the store does, if it has done so for about an hour.
 */
async function outcomeOfUnfinished(
  run: JobRun,
  jids: readonly string[],
): Promise<Outcome | undefined> {
  try {
    const unfinished = await run.environment.adapter.unfinished(jids, run.record.jid);
    return unfinished.length === 0 ? undefined : run.blockedBy(unfinished);
  } catch (error) {
    // The job did not run: that is no attempt. Nor may the job come back at once, or on and on, for
    // as long as the store is ill.
    const { held_count: held } = run.record;
    const count = isCount(held) ? Math.max(held, 0) : 0;
    if (count >= MOST_PAUSES) {
      throw error;
    }
    const text = `Put back ${run.className}, whose prerequisites could not be asked for: ${thrownMessage(error)}`;
    run.log("warn", { err: error }, text);
    const delay = Math.min(FIRST_PAUSE * 2 ** count, LONGEST_PAUSE);
    return run.requeue(delay, { held_count: count + 1 });
  }
}
