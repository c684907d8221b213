import { checkOptionNames } from "../job/checks/checks.ts";
import { checkArgumentCount } from "../job/declare/argument-count.ts";
import type { DeclaringClass } from "../job/declare/declarations.ts";
import type { ArgumentsOf } from "../job/declare/job-macros.ts";
import { noteClass, type RunnableClass } from "../job/declare/registry.ts";
import { shared } from "../support/shared-state.ts";
import { definitionOfClass } from "./class-definition.ts";
import { checkClassOptions, CLASS_OPTIONS, type ClassRecurringOptions } from "./class-options.ts";
import { configuredJobs } from "./configured-jobs.ts";
import type { Definition } from "./definition.ts";
import type { ScheduleText } from "./schedule/schedule-text.ts";
import { Schedule } from "./schedule/schedule.ts";
import { addSource } from "./service.ts";

interface Declared {
  readonly declaring: DeclaringClass;
  readonly schedule: ScheduleText;
  readonly options: ClassRecurringOptions;
}

const declared = shared("recurring-classes", () => [] as Declared[]);

/** `args` has to be there where the class takes some. */
type Given<Args extends readonly unknown[]> = [] extends Args
  ? [options?: ClassRecurringOptions<Args>]
  : [options: ClassRecurringOptions<Args> & { readonly args: Args }];

export abstract class RecurringMacro {
  /**
   * Enqueues a job of this class again and again: by a cron of 5 or 6 fields, by English such as
   * `"every weekday at 9am"`, with a time zone behind where that matters, or after true intervals,
   * `{ every: "90 minutes" }`. Each worker sees to it, and each occurrence has exactly one job. A
   * class may recur in several ways, under a `key` each; subclasses do not inherit it.
   *
   * @throws {InvalidScheduleError} if the schedule is none, or can never fire.
   * @throws {InvalidRecurringJobError} if an option has a value that it cannot have.
   * @throws {UnknownOptionError} if there is no such option.
   */
  static recurring<This extends DeclaringClass>(
    this: This,
    schedule: ScheduleText,
    ...[options = {}]: Given<ArgumentsOf<This>>
  ): void {
    checkOptionNames(options, CLASS_OPTIONS, `recurring of ${this.name}`);
    checkClassOptions(options.key ?? this.name, options);
    Schedule.parse(schedule, options.timeZone === undefined ? {} : { timeZone: options.timeZone });
    declared.push({ declaring: this, schedule, options });
    noteClass(this);
  }
}

addSource("classes", () =>
  declared.map(({ declaring, schedule, options }) =>
    definitionOf(declaring as RunnableClass, schedule, options),
  ),
);

addSource("configuration", () =>
  Object.entries(configuredJobs()).map(([key, { command, schedule, ...options }]) =>
    definitionOf(command as RunnableClass, schedule, { ...options, key }),
  ),
);

/** @throws {ArgumentCountError} if there are too many arguments, or surely too few. */
function definitionOf(
  runnable: RunnableClass,
  schedule: ScheduleText,
  options: ClassRecurringOptions,
): Definition {
  checkArgumentCount(runnable, options.args?.length ?? 0);
  return definitionOfClass(runnable, schedule, options);
}
