import type { RecurringJob } from "../../recurring/recurring-job.ts";

/** A recurring job as `--json` shows it. */
export function shownRecurring(job: RecurringJob): Readonly<Record<string, unknown>> {
  const { key, className, queueName, schedule, scheduleInEnglish, description } = job;
  return {
    key,
    className,
    queue: queueName,
    schedule,
    inEnglish: scheduleInEnglish,
    description,
    paused: job.isPaused,
    enabled: job.isEnabled,
    ofCode: job.isOfCode,
    lastRun: job.lastRun?.scheduledAt,
    nextRun: job.nextRuns()[0],
  };
}
