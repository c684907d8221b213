// Node runs a longer timer at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface Clock {
  /**
   * Epoch seconds, in milliseconds' resolution: for what is stored and compared across machines.
   */
  now(): number;
  /** Seconds since some fixed moment, which no change of the wall clock moves: for durations. */
  monotonic(): number;
  /** Resolves after that many seconds; rejects with the signal's reason once it is aborted. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * The time, asked for anew at each call, so that a test runner's fake timers rule it. A test may
 * also replace its functions.
 */
export const clock: Clock = {
  now: () => Date.now() / 1000,
  monotonic: () => performance.now() / 1000,
  sleep,
};

/**
 * `setTimeout` in seconds, for any length of time: Node's own stops at 24.8 days.
 *
 * It never calls early: fractions of a millisecond are rounded up.
 *
 * @returns A function that cancels it; calling that again, or too late, does nothing.
 */
export function setLongTimeout(
  callback: () => void,
  seconds: number,
  { unref = false }: { unref?: boolean } = {},
): () => void {
  let remainingMs = Math.max(0, Math.ceil(seconds * 1000));
  let timer: NodeJS.Timeout | undefined;
  startNext();
  return () => clearTimeout(timer);

  function startNext(): void {
    const stepMs = Math.min(remainingMs, LONGEST_TIMER_MS);
    remainingMs -= stepMs;
    timer = setTimeout(remainingMs > 0 ? startNext : callback, stepMs);
    if (unref) timer.unref();
  }
}

function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const cancel = setLongTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, seconds);
    signal?.addEventListener("abort", abort, { once: true });

    function abort(): void {
      cancel();
      reject(signal?.reason as Error);
    }
  });
}
