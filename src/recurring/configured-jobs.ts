import { checkOptionNames } from "../job/checks/checks.ts";
import type { DeclaringClass } from "../job/declare/declarations.ts";
import { runnable } from "../job/declare/registry.ts";
import { MandateError } from "../support/errors.ts";
import { shared } from "../support/shared-state.ts";
import { checkClassOptions, CLASS_OPTIONS, type ClassRecurringOptions } from "./class-options.ts";
import { InvalidRecurringJobError } from "./recurring-errors.ts";
import type { ScheduleText } from "./schedule/schedule-text.ts";
import { Schedule } from "./schedule/schedule.ts";

/** One of `recurring` of `configure`. */
export interface ConfiguredRecurringJob extends Omit<ClassRecurringOptions, "key"> {
  /** The class of its jobs: a command, or a `Job`. */
  readonly command: DeclaringClass;
  /** A cron, English, or `{ every: "90 minutes" }`. */
  readonly schedule: ScheduleText;
}

/** By their keys. */
export type ConfiguredRecurringJobs = Readonly<Record<string, ConfiguredRecurringJob>>;

const NAMES = ["command", "schedule", ...CLASS_OPTIONS.filter((name) => name !== "key")];

const configured = shared("recurring-configured", () => ({
  jobs: {} as ConfiguredRecurringJobs,
}));

/** In place of those that were configured before. */
export function setConfiguredJobs(jobs: ConfiguredRecurringJobs): void {
  configured.jobs = jobs;
}

export function configuredJobs(): ConfiguredRecurringJobs {
  return configured.jobs;
}

/**
 * @throws {UnknownOptionError} if one has an option that does not exist.
 * @throws {InvalidRecurringJobError} if one has no class, or a schedule that is none.
 */
export function checkConfiguredJobs(jobs: ConfiguredRecurringJobs): void {
  checkOptionNames(jobs, Object.keys(jobs), "recurring of configure");
  for (const [key, job] of Object.entries(jobs)) {
    checkOptionNames(job, NAMES, `recurring job "${key}" of configure`);
    if (typeof job.command !== "function" || !(runnable in job.command)) {
      throw new InvalidRecurringJobError(
        key,
        "its command is no class that runs jobs. Give one that extends Command or Job",
      );
    }
    checkClassOptions(key, job);
    checkSchedule(key, job);
  }
}

function checkSchedule(key: string, { schedule, timeZone }: ConfiguredRecurringJob): void {
  try {
    Schedule.parse(schedule, timeZone === undefined ? {} : { timeZone });
  } catch (error) {
    const { message } = error as MandateError;
    throw new InvalidRecurringJobError(
      key,
      `${message.charAt(0).toLowerCase()}${message.slice(1)}`,
      { cause: error },
    );
  }
}
