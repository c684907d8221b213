import { MandateError } from "../support/errors.ts";
import type { Logger } from "../support/logger.ts";
import type { Fetcher } from "./fetcher.ts";
import type { LeaseKeeper } from "./lease.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Slots } from "./slots.ts";
import { within } from "./within.ts";
import type { WorkingServices } from "./working-services.ts";

/** Seconds that a job has to end by itself once its signal was aborted; then it is given back. */
const LAST_WORDS = 1;

/**
 * Seconds that a store which does not answer, or a listener, can hold up the end at most. One that
 * is known to answer late has three times as long as it took, up to the second number: what it was
 * asked before comes first, and this takes as long again.
 */
const LAST_ANSWERS = 1;
const LONGEST_LAST_ANSWERS = 10;

/** Why the signal of a job is aborted whose worker ends: the job is given back, and runs again. */
export class ShutdownError extends MandateError {
  static {
    this.named("ShutdownError");
  }

  readonly code = "MANDATE_SHUTDOWN";

  constructor() {
    super("The worker shuts down and cannot wait any longer; the job runs again in another one");
  }
}

export interface ShutdownParts {
  readonly slots: Slots;
  readonly fetcher: Fetcher;
  readonly working: WorkingServices;
  readonly leases: LeaseKeeper;
  /** Knows how long the store takes to answer. */
  readonly pulse: { readonly answerTime: number };
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
}

/**
 * Ends a worker that fetches no more: lets jobs end, aborts those that take longer than `timeout`
 * seconds, gives back those that do not heed it, settles, and closes the lease. Never rejects.
 */
export async function shutDown(parts: ShutdownParts, timeout: number): Promise<void> {
  const { slots, fetcher, working, leases, lifecycle, logger, pulse } = parts;
  if (!(await within(timeout, slots.whenIdle()))) {
    const running = slots.busy;
    logger.warn({ running }, `Aborting ${jobs(running)} still running after ${timeout} seconds`);
    leases.session?.abort(new ShutdownError());
    if (!(await within(LAST_WORDS, slots.whenIdle()))) {
      const given = slots.abandon();
      logger.warn({ given }, `Gave back ${jobs(given)} that did not heed their signal`);
    }
  }
  const patience = lastAnswers(pulse);
  await within(patience, fetcher.settled());
  fetcher.end();
  await within(LAST_ANSWERS, lifecycle.emit("shutdown"));
  await working.stop();
  await within(patience, leases.close());
}

/** Seconds that the store may take for what is asked of it at last. */
export function lastAnswers({ answerTime }: ShutdownParts["pulse"]): number {
  return Math.min(LONGEST_LAST_ANSWERS, Math.max(LAST_ANSWERS, 3 * answerTime));
}

function jobs(count: number): string {
  return count === 1 ? "1 job" : `${count} jobs`;
}
