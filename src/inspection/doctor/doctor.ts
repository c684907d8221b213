import type { Adapter } from "../../adapters/adapter.ts";
import type { Finding } from "../../adapters/finding.ts";
import { checkOptionNames } from "../../job/checks/checks.ts";
import { settings } from "../../job/settings/settings.ts";
import { checkBlocked } from "./blocked.ts";
import { checkClasses } from "./classes.ts";
import { checkEncryption } from "./encryption.ts";
import type { Check } from "./examination.ts";
import { checkLimits } from "./limits.ts";
import { checkQueues, checkSchedule } from "./queues.ts";
import { checkRecurring } from "./recurring.ts";
import { checkRubyLocks } from "./ruby-locks.ts";
import { checkTime } from "./time.ts";
import { checkLeases, checkWorkers } from "./workers.ts";

/** What may be told to the doctor. */
export interface DoctorOptions {
  /**
   * Whether the classes that run the jobs are loaded in this process, so that unknown ones can be
   * told.
   *
   * @default false
   */
  readonly knowsClasses?: boolean;
  /** Ends it between two looks, with an error; else leaving the loop does. */
  readonly signal?: AbortSignal;
}

const checkStore: Check = ({ adapter }) => adapter.store.findings();

const CHECKS: readonly Check[] = [
  checkStore,
  checkTime,
  checkWorkers,
  checkQueues,
  checkSchedule,
  checkLeases,
  checkBlocked,
  checkLimits,
  checkClasses,
  checkEncryption,
  checkRecurring,
  checkRubyLocks,
];

/**
 * Looks for what is wrong: with the store's server, clocks, workers, queues and what waits in them.
 * It changes nothing, and looks at 1,000 jobs of each place at most.
 *
 * @param adapter @default the one of `configure`
 * @returns what was found, as soon as it is known; also what is as it should be, as level "ok".
 * @throws {UnknownOptionError} if there is no such option.
 * @throws {AdapterError} if the store does not answer.
 *
 * @example
 * ```ts
 * import { doctor } from "mandate";
 *
 * for await (const { level, check, found, todo } of doctor()) {
 *   if (level === "wrong") {
 *     console.error(`${check}: ${found}. ${todo}`);
 *   }
 * }
 * ```
 */
export async function* doctor(
  options: DoctorOptions = {},
  adapter: Adapter = settings().adapter,
): AsyncGenerator<Finding, void, void> {
  checkOptionNames(options, ["knowsClasses", "signal"], "the options of doctor");
  const { knowsClasses = false, signal } = options;
  for (const check of CHECKS) {
    signal?.throwIfAborted();
    yield* await check({ adapter, knowsClasses, signal });
  }
}
