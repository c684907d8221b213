import { setTimeout as sleep } from "node:timers/promises";
import { AdapterError } from "../adapters/adapter-error.ts";
import { checkOptionNames } from "../job/checks/checks.ts";
import { clock } from "../support/clock.ts";
import { seconds, type Duration } from "../support/duration.ts";
import { isThrown } from "../support/thrown.ts";
import { BatchTimeoutError } from "./batch-errors.ts";
import type { BatchStatus } from "./batch-status.ts";

/** How long `completed` waits. */
export interface CompletedOptions {
  /**
   * The longest time: **seconds**, or a string such as `"1 minute"`. @default "30 seconds"
   */
  readonly timeout?: Duration | undefined;
  /** Ends the waiting, which rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Seconds between looks, at first and at most. */
const FIRST_PAUSE = 0.02;
const LONGEST_PAUSE = 1;

/**
 * Looks at a batch until it is complete: often at first, and each second after a while.
 *
 * @throws {BatchTimeoutError} if that takes too long, or the store does not answer.
 */
export async function awaitComplete(
  id: string,
  look: () => Promise<BatchStatus>,
  options: CompletedOptions,
): Promise<BatchStatus> {
  checkOptionNames(options, ["timeout", "signal"], `completed of batch ${id}`);
  const { timeout = 30, signal } = options;
  const limit = seconds(timeout, `timeout of completed of batch ${id}`);
  const deadline = clock.monotonic() + limit;
  let problem: unknown;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(1.5 * pause, LONGEST_PAUSE)) {
    signal?.throwIfAborted();
    try {
      const status = await look();
      if (status.completedAt !== undefined) {
        return status;
      }
      problem = undefined;
    } catch (error) {
      if (!isThrown(error, AdapterError)) throw error;
      problem = error;
    }
    const left = deadline - clock.monotonic();
    if (left <= 0) {
      throw new BatchTimeoutError(id, limit, problem);
    }
    await sleep(Math.min(pause, left) * 1_000, undefined, signal && { signal });
  }
}
