import { onAbort } from "../../support/abort.ts";
import { setLongTimeout } from "../../support/clock.ts";
import type { Waiter } from "./watch.ts";

/** What somebody waits for, and how long. */
export interface Waiting<End, Output> {
  /** Begins to wait. @returns what ends that. */
  readonly wait: (waiter: Waiter<End>) => () => void;
  /** What an end comes to. */
  readonly outputOf: (end: End) => Promise<Output>;
  /** Seconds. */
  readonly limit: number;
  /** What is thrown after that. */
  readonly tooLate: (problem: unknown) => Error;
  readonly signal: AbortSignal | undefined;
}

/** Waits for an end. The process is kept as long. */
export function waitFor<End, Output>({
  wait,
  outputOf,
  limit,
  tooLate,
  signal,
}: Waiting<End, Output>): Promise<Output> {
  return new Promise((resolve, reject) => {
    const waiter: Waiter<End> = {
      problem: undefined,
      onEnd: (end) => {
        outputOf(end).then(resolve, reject).finally(cease);
      },
    };
    const stop = wait(waiter);
    const cancel = setLongTimeout(() => {
      reject(tooLate(waiter.problem));
      cease();
    }, limit);
    const abort = (): void => {
      reject(signal?.reason as Error);
      cease();
    };
    const stopListening = signal && onAbort(signal, abort);

    function cease(): void {
      stop();
      cancel();
      stopListening?.();
    }
  });
}
