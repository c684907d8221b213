import type { RecurringOptions } from "./definition.ts";

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

/** The names of them. */
export const CLASS_OPTIONS: readonly string[] =
  "key args queue priority tags timeZone description jitter startAt endAt enabled overlap catchUp catchUpWithin".split(
    " ",
  );
