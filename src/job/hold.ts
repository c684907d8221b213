import type { Outcome } from "../adapters/adapter.ts";
import { message } from "./failure-fields.ts";
import type { JobRun } from "./job-run.ts";

/** Seconds. */
const ASKED_AGAIN_IN = 5;

/** Begins a run, unless what its job waits for is unfinished. @returns what it comes to. */
export async function unlessHeld(
  run: JobRun,
  prereqs: readonly string[],
  start: (run: JobRun) => unknown,
): Promise<unknown> {
  run.heldBack = await outcomeOfHold(run, prereqs);
  return run.heldBack === undefined ? await start(run) : undefined;
}

/**
 * How a run ends that may not begin: Ruby, or a requeue, put the job into its queue while others that it
 * waits for are unfinished.
 *
 * @returns `undefined` if they are finished.
 */
async function outcomeOfHold(run: JobRun, jids: readonly string[]): Promise<Outcome | undefined> {
  try {
    const unfinished = await run.environment.adapter.unfinished(jids, run.record.jid);
    return unfinished.length === 0 ? undefined : run.blockedBy(unfinished);
  } catch (error) {
    // It did not run: that is no attempt. Nor may it come back at once, for as long as the store is ill.
    const text = `Put back ${run.className}, whose prerequisites could not be asked for: ${message(error)}`;
    run.log("warn", { err: error }, text);
    return run.requeue(ASKED_AGAIN_IN);
  }
}
