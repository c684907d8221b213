import { types } from "node:util";

/**
 * A promise where none is read: nobody waits for it, and were it to reject, that would end the
 * process.
 */
export function leaveAlone(answer: unknown): void {
  if (types.isPromise(answer)) {
    answer.catch(() => undefined);
  }
}
