import { logSafely, type Logger } from "../../support/logger.ts";
import { checkCallback, methodOf } from "./callback.ts";
import { discardCallbacks, type DiscardCallback } from "./callbacks.ts";
import type { Declarations } from "./declarations.ts";
import type { JobHandle } from "../handle/job-handle.ts";

/** A job that is over by an error, for those who are told. */
export interface DiscardedJob {
  readonly job: JobHandle;
  readonly className: string;
  readonly declarations: Declarations;
  /** What ran; `undefined` where that could not be made. */
  readonly command: object | undefined;
  readonly logger: Logger;
}

/** @param where The macro and its class, for messages. */
export function discardCallback(
  callback: string | ((job: JobHandle, error: unknown, command: never) => unknown),
  where: string,
): DiscardCallback {
  if (typeof callback !== "string") {
    checkCallback(callback, where);
    return callback as DiscardCallback;
  }
  return (job, error, command) => {
    if (command === undefined) {
      throw new TypeError(
        `Cannot call "${callback}" in ${where}: there is no command, since its arguments were not found, or it could not be ` +
          "made. Give a function, which is called all the same",
      );
    }
    return methodOf(command, callback, where)(error, job);
  };
}

/**
 * Tells its class that a job is over by an error, and does not run again by itself. Never rejects.
 */
export async function tellDiscarded(over: DiscardedJob, error: unknown): Promise<void> {
  for (const callback of discardCallbacks.of(over.declarations)) {
    try {
      await callback(over.job, error, over.command);
    } catch (callbackError) {
      const text = `afterDiscard of ${over.className} threw`;
      logSafely(over.logger, "error", { err: callbackError }, text);
    }
  }
}
