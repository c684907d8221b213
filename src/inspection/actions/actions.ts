import type { Adapter } from "../../adapters/adapter.ts";
import type { JobEntry } from "../entries/job-entry.ts";
import type { RunningEntry } from "../entries/running-entry.ts";
import { cancelJob } from "../figures/stats.ts";
import type { JobList } from "../lists/job-list.ts";
import { JobSet } from "../lists/job-set.ts";
import type { JobPlace } from "../lists/jobs.ts";
import type { PassOptions } from "../lists/pass.ts";
import type { RunningJobs } from "../lists/running-jobs.ts";
import type { JobSelection } from "../lists/selection.ts";

/**
 * What operators do to jobs: "retry" puts failed, dead and finished ones on their queues, "promote"
 * scheduled and blocked ones, but for those over a limit; "kill" moves waiting ones to the dead
 * set; "cancel" deletes waiting ones, and tells running ones to end; "delete" deletes waiting, dead
 * and finished ones.
 */
export type JobAction = "retry" | "promote" | "kill" | "cancel" | "delete";

interface Action {
  /** Places of jobs that the action is for. */
  readonly places: readonly JobPlace[];
  readonly isFinal: boolean;
  readonly one: (entry: JobEntry, adapter: Adapter) => Promise<boolean>;
  readonly all: (list: JobList, selection: JobSelection, options: PassOptions) => Promise<number>;
  /** How running jobs are dealt with; absent where the action is not for these. */
  readonly running?: {
    readonly one: (entry: RunningEntry, adapter: Adapter) => Promise<boolean>;
    readonly all: (
      jobs: RunningJobs,
      selection: JobSelection,
      options: PassOptions,
    ) => Promise<number>;
  };
}

const toQueue: Pick<Action, "isFinal" | "one" | "all"> = {
  isFinal: false,
  // One that is over a limit stays so, whatever it is moved to: it is fetched once it is not.
  one: async (entry) => !entry.isOverLimit && (await entry.retry()),
  all: async (list, selection, options) =>
    list instanceof JobSet ? list.retryAll(selection, options) : 0,
};

/** @internal */
export const ACTIONS: Readonly<Record<JobAction, Action>> = {
  retry: { ...toQueue, places: ["retry", "dead", "finished"] },
  promote: { ...toQueue, places: ["scheduled", "blocked"] },
  kill: {
    places: ["queue", "retry", "scheduled", "blocked"],
    // The dead set is bounded: what is killed may push out what died.
    isFinal: true,
    one: (entry) => entry.kill(),
    all: (list, selection, options) => list.killAll(selection, options),
  },
  cancel: {
    places: ["running", "queue", "retry", "scheduled", "blocked"],
    isFinal: true,
    one: async (entry, adapter) => (await entry.cancel()) || cancelled(entry, adapter),
    all: (list, selection, options) => list.cancelAll(selection, options),
    running: {
      one: cancelled,
      all: (jobs, selection, options) => jobs.cancelAll(selection, options),
    },
  },
  delete: {
    places: ["queue", "retry", "scheduled", "blocked", "dead", "finished"],
    isFinal: true,
    one: (entry) => entry.delete(),
    all: (list, selection, options) => list.deleteAll(selection, options),
  },
};

async function cancelled(
  { id }: { readonly id: string | undefined },
  adapter: Adapter,
): Promise<boolean> {
  return id !== undefined && cancelJob(id, adapter);
}

/** The places whose jobs an action can be done to. */
export function placesFor(action: JobAction): readonly JobPlace[] {
  return ACTIONS[action].places;
}

/** What can be done to the jobs of a place. */
export function actionsAt(place: JobPlace): readonly JobAction[] {
  const all = Object.keys(ACTIONS) as JobAction[];
  return all.filter((action) => placesFor(action).includes(place));
}

/**
 * Whether what is done by an action may be lost for good, so that a person should be asked before.
 */
export function isFinal(action: JobAction): boolean {
  return ACTIONS[action].isFinal;
}
