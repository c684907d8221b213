import { countOf } from "../../support/wording.ts";
import { JobSet } from "../lists/job-set.ts";
import { queues } from "../lists/queue.ts";
import { isKnown } from "./classes.ts";
import { firstOf, until, type Check } from "./examination.ts";

/**
 * Jobs that Ruby enqueued with a lock of sidekiq-unique-jobs, and that may run here: that lock is
 * kept until the gem's own reaper finds it, or its time is over.
 *
 * @see sidekiq-unique-jobs 8.1, whose middleware adds `lock_digest` to a job
 */
export const checkRubyLocks: Check = async ({ adapter, knowsClasses, signal }) => {
  const locked = new Map<string, number>();
  const lists = [
    ...(await queues(adapter)),
    new JobSet(adapter, "retry"),
    new JobSet(adapter, "scheduled"),
  ];
  for (const list of lists) {
    for await (const { className, record } of firstOf(list.each({}, until(signal)))) {
      const mayRunHere = !knowsClasses || isKnown(className);
      if (mayRunHere && typeof record?.["lock_digest"] === "string") {
        locked.set(className, (locked.get(className) ?? 0) + 1);
      }
    }
  }
  if (locked.size === 0) {
    return [];
  }
  const jobs = [...locked.values()].reduce((sum, count) => sum + count, 0);
  return [
    {
      check: "locks",
      level: "warning",
      problem: "ruby-locks",
      found:
        `${countOf(jobs, "waiting job")} of ${[...locked.keys()].join(", ")}: locked by sidekiq-unique-jobs. ` +
        "Where one runs here, its lock is not released",
      todo: "Leave their queues to Ruby, or declare unique here and no lock there",
      jobs,
      classes: Object.fromEntries(locked),
    },
  ];
};
