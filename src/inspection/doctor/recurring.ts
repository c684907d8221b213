import type { Finding } from "../../adapters/finding.ts";
import { recurringJobsIn } from "../../recurring/recurring.ts";
import { countOf } from "../../support/wording.ts";
import { isKnown } from "./classes.ts";
import { firstOf, type Check } from "./examination.ts";

/** Recurring jobs that are never due again, or that nobody here can run. */
export const checkRecurring: Check = async ({ adapter, knowsClasses }) => {
  const check = "recurring";
  const findings: Finding[] = [];
  let count = 0;
  if (adapter.documents === undefined) {
    return [];
  }
  for await (const job of firstOf(recurringJobsIn(adapter))) {
    count += 1;
    if (!job.isPaused && job.isEnabled && job.nextRuns(1).length === 0) {
      findings.push({
        check,
        level: "warning",
        problem: "recurring-over",
        found: `${job.key} is never due again`,
        todo: "Delete it, or give it another schedule or endAt",
      });
    }
    if (knowsClasses && !isKnown(job.className)) {
      findings.push({
        check,
        level: "wrong",
        problem: "recurring-unknown-class",
        found: `${job.key} is of ${job.className}, which is unknown here`,
        todo: "Load its file, deploy it, or delete the recurring job",
      });
    }
  }
  return findings.length > 0 || count === 0
    ? findings
    : [{ check, level: "ok", found: `${countOf(count, "recurring job")} looked at` }];
};
