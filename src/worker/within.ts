import { setLongTimeout } from "../support/clock.ts";

/** Whether the promise, which must not reject, resolved in so many seconds. */
export function within(seconds: number, promise: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = setLongTimeout(() => resolve(false), seconds);
    void promise.then(() => {
      cancel();
      resolve(true);
    });
  });
}
