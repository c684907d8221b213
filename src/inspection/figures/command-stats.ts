import type { Adapter } from "../../adapters/adapter.ts";
import type { ClassRuns } from "../../adapters/job-notes.ts";
import { checkInteger, checkOptionNames } from "../../job/checks/checks.ts";
import { settings } from "../../job/settings/settings.ts";

/** How the jobs of one class ran. */
export interface CommandStats {
  /** The command's name, or that of a `Job` class. */
  readonly className: string;
  /** Runs that ended. */
  readonly processed: number;
  /** Of these, how many failed. */
  readonly failed: number;
  /** Seconds that those took which did not fail, together. */
  readonly seconds: number;
  /** Seconds that one of them took, on average; `undefined` where each failed. */
  readonly mean: number | undefined;
  /** Minute by minute, the oldest first; those without runs are left out. */
  readonly minutes: readonly ClassRuns[];
}

/** Sidekiq keeps them for eight hours. */
const LONGEST = 480;

/**
 * How the jobs of each class ran lately, Ruby's too, the class that took the most time first.
 * Workers tell with each heartbeat, so that the last ten seconds may be missing.
 *
 * @param options `minutes`: of how many, 1 to 480. @default 60
 * @param adapter @default the one of `configure`
 * @returns none where the store does not count by class: that in memory does not.
 * @throws {RangeError} if `minutes` is no such number.
 * @throws {UnknownOptionError} if there is no such option.
 *
 * @example
 * ```ts
 * import { commandStats } from "mandate";
 *
 * for (const { className, processed, failed, mean } of await commandStats({ minutes: 15 })) {
 *   console.log(className, processed, failed, mean);
 * }
 * ```
 */
export async function commandStats(
  options: { readonly minutes?: number } = {},
  { notes }: Adapter = settings().adapter,
): Promise<readonly CommandStats[]> {
  checkOptionNames(options, ["minutes"], "the options of commandStats");
  const { minutes = 60 } = options;
  checkInteger(minutes, "the minutes of commandStats", 1);
  if (minutes > LONGEST) {
    throw new RangeError(
      `Cannot tell of ${minutes} minutes: runs are kept by class for eight hours. Give an integer from 1 to ${LONGEST}`,
    );
  }
  const runs = (await notes.readRuns?.(minutes)) ?? [];
  const byClass = new Map<string, ClassRuns[]>();
  for (const each of runs) {
    byClass.set(each.className, [...(byClass.get(each.className) ?? []), each]);
  }
  return [...byClass]
    .map(([className, all]) => statsOf(className, all))
    .toSorted((one, other) => other.seconds - one.seconds || other.processed - one.processed);
}

function statsOf(className: string, runs: readonly ClassRuns[]): CommandStats {
  const sum = (of: (each: ClassRuns) => number): number =>
    runs.reduce((total, each) => total + of(each), 0);
  const processed = sum((each) => each.processed);
  const failed = sum((each) => each.failed);
  const seconds = sum((each) => each.seconds);
  const mean = processed > failed ? seconds / (processed - failed) : undefined;
  const minutes = runs.toSorted((one, other) => one.at - other.at);
  return { className, processed, failed, seconds, mean, minutes };
}
