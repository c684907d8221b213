import { describeType } from "../job/checks/checks.ts";
import { InvalidRecurringJobError } from "./recurring-errors.ts";
import {
  checkKey,
  keptOptions,
  RECURRING_OPTIONS,
  type RecurringOptions,
} from "./recurring-options.ts";

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
export const CLASS_OPTIONS: readonly string[] = [
  ..."key args queue priority tags".split(" "),
  ...RECURRING_OPTIONS,
];

/** Where they are declared: what is wrong with them is not to come out when a worker starts. */
export function checkClassOptions(key: string, options: ClassRecurringOptions): void {
  checkKey(key);
  keptOptions(key, options);
  const { args = [] } = options;
  if (!Array.isArray(args)) {
    throw new InvalidRecurringJobError(
      key,
      `its args must be an array, found ${describeType(args)}. Write args: [42]`,
    );
  }
}
