import { wireName, type RunnableClass } from "../job/declare/registry.ts";
import { prepareJob } from "../job/defer/defer.ts";
import { settings } from "../job/settings/settings.ts";
import type { ClassRecurringOptions } from "./class-options.ts";
import { define, type Definition } from "./definition.ts";
import type { ScheduleText } from "./schedule/schedule-text.ts";

/**
 * A recurring job of a class.
 *
 * @throws {InvalidScheduleError} if the schedule is none.
 * @throws {InvalidRecurringJobError} if they do not make a recurring job.
 * @throws {SerializationError} if an argument cannot travel.
 */
export function definitionOfClass(
  runnable: RunnableClass,
  schedule: ScheduleText,
  options: ClassRecurringOptions,
): Definition {
  const { args = [], queue, priority, tags, key = wireName(runnable), ...rest } = options;
  const job = prepareJob({
    runnable,
    args,
    options: {
      ...(queue === undefined ? {} : { queue }),
      ...(priority === undefined ? {} : { priority }),
      ...(tags === undefined ? {} : { tags }),
    },
  });
  return define(key, schedule, job, { timeZone: settings().timeZone, ...rest });
}
