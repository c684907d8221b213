// From the module, not from the global object: fake timers leave it alone. A turn is no span of
// time.
import { setImmediate } from "node:timers";

/** Calls once timers and I/O had their turn. */
export function inNextTurn(call: () => void): void {
  setImmediate(call);
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
