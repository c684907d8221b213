import { setMaxListeners } from "node:events";

/**
 * A controller to whose signal any number may listen: Node takes the 11th for a leak, and warns.
 */
export function unlimitedController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

interface Listening {
  readonly listeners: Set<() => void>;
  readonly tell: () => void;
}

const listening = new WeakMap<AbortSignal, Listening>();

/**
 * Listens to somebody else's signal, whose limit is not ours to lift: it has one listener of ours
 * at most.
 *
 * @returns what ends that.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const { listeners, tell } = listening.get(signal) ?? listenTo(signal);
  listeners.add(listener);
  return () => {
    if (listeners.delete(listener) && listeners.size === 0) {
      listening.delete(signal);
      signal.removeEventListener("abort", tell);
    }
  };
}

function listenTo(signal: AbortSignal): Listening {
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  signal.addEventListener("abort", tell, { once: true });
  listening.set(signal, { listeners, tell });
  return { listeners, tell };
}
