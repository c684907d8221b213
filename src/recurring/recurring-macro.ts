import { checkOptionNames } from "../job/checks/checks.ts";
import type { DeclaringClass } from "../job/declare/declarations.ts";
import type { ArgumentsOf } from "../job/declare/job-macros.ts";
import { noteClass, wireName, type RunnableClass } from "../job/declare/registry.ts";
import { prepareJob } from "../job/defer/defer.ts";
import { settings } from "../job/settings/settings.ts";
import { shared } from "../support/shared-state.ts";
import { define, type Definition, type RecurringOptions } from "./definition.ts";
import type { ScheduleText } from "./schedule/schedule-text.ts";
import { Schedule } from "./schedule/schedule.ts";
import { addSource } from "./service.ts";

/** What `this.recurring` takes beside the schedule. */
export interface ClassRecurringOptions<
  Args extends readonly unknown[] = readonly unknown[],
> extends RecurringOptions {
  /** What operators, and everything else, know it by. @default the name of the class */
  readonly key?: string;
  /** What each of its jobs is called with. @default nothing */
  readonly args?: Args;
  /** The queue of its jobs. @default the one of the class */
  readonly queue?: string;
  /** The priority of its jobs. @default the one of the class */
  readonly priority?: number;
  /** Words that operators see and search by, next to those of the class. */
  readonly tags?: readonly string[];
}

interface Declared {
  readonly declaring: DeclaringClass;
  readonly schedule: ScheduleText;
  readonly options: ClassRecurringOptions;
}

const declared = shared("recurring-classes", () => [] as Declared[]);

const OPTIONS =
  "key args queue priority tags timeZone description jitter startAt endAt enabled overlap catchUp catchUpWithin".split(
    " ",
  );

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
   * @throws {UnknownOptionError} if there is no such option.
   */
  static recurring<This extends DeclaringClass>(
    this: This,
    schedule: ScheduleText,
    ...[options = {}]: Given<ArgumentsOf<This>>
  ): void {
    checkOptionNames(options, OPTIONS, `recurring of ${this.name}`);
    Schedule.parse(schedule, options.timeZone === undefined ? {} : { timeZone: options.timeZone });
    declared.push({ declaring: this, schedule, options });
    noteClass(this);
  }
}

function definitionOf({ declaring, schedule, options }: Declared): Definition {
  const runnable = declaring as RunnableClass;
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

addSource("classes", () => declared.map(definitionOf));
