import type { FetchedJob, Outcome } from "../../adapters/adapter.ts";
import type { JobRecord } from "../../adapters/job-record.ts";
import { isThenable } from "../../support/realms.ts";
import { startUnlessBlocked } from "../outcome/unfinished-prerequisites.ts";
import { JobRun } from "../inside/job-run.ts";
import { freshAttributes } from "../surroundings/attributes.ts";
import { alone } from "../surroundings/surroundings.ts";
import { observed } from "../observe/observe.ts";
import { outcomeOfThrown } from "../outcome/outcome-of-thrown.ts";
import { perform } from "./perform.ts";
import { prereqsOf } from "../record/recorded-prerequisites.ts";
import { profiledIfAsked, type Ending } from "./profiled.ts";
import { outcomeOfUnreadable, readRecord } from "./read-record.ts";
import { withOutput } from "../outcome/run-end.ts";
import { outcomeOfTurnedAway } from "../outcome/turned-away.ts";
import { outcomeOfUnreadableArguments } from "../outcome/unreadable-arguments.ts";
import type { RunEnvironment } from "../settings/run-environment.ts";
import { targetOf } from "../record/target.ts";

/**
 * Runs one job. Never throws or rejects: whatever happens becomes an outcome, and that is a promise
 * only where something has to be awaited. One promise takes longer than all the rest of a short
 * job.
 */
export function runJob(fetched: FetchedJob, environment: RunEnvironment): Ending {
  let record: JobRecord;
  try {
    record = readRecord(fetched.payload);
  } catch (error) {
    return outcomeOfUnreadable(fetched, error, environment);
  }
  return profiledIfAsked(new JobRun(fetched, record, environment), attemptAlone);
}

function attemptAlone(run: JobRun): Ending {
  return alone(run, freshAttributes(), observed(attempt));
}

function attempt(run: JobRun): Ending {
  let performing: unknown;
  try {
    run.target = targetOf(run.record, run.environment.adapter.capabilities.persistent);
    const notBegun = outcomeOfTurnedAway(run) ?? outcomeOfUnreadableArguments(run);
    if (notBegun !== undefined) {
      return notBegun;
    }
    const prereqs = prereqsOf(run.record);
    performing = prereqs === undefined ? perform(run) : startUnlessBlocked(run, prereqs, perform);
    if (!isThenable(performing) && run.scope === undefined && run.part === undefined) {
      return withOutput(run, run.ended(), performing);
    }
  } catch (error) {
    const reason = error as Error;
    performing = Promise.reject(reason);
  }
  return toTheEnd(run, performing);
}

async function toTheEnd(run: JobRun, performing: unknown): Promise<Outcome> {
  try {
    const output = await performing;
    run.assertUninterrupted();
    run.part?.returned();
    return withOutput(run, run.ended(), output);
  } catch (error) {
    return await outcomeOfThrown(run, error);
  } finally {
    run.end();
    if (run.scope !== undefined) {
      await run.disposeScope(run.scope);
    }
  }
}
