import { describe } from "../job/checks/checks.ts";
import { logSafely, type Logger } from "../support/logger.ts";
import { didYouMean } from "../support/nearest.ts";

/**
 * The moments in a worker's life.
 *
 * - `startup`: its lease is open, and nothing was fetched yet. Fetching waits for the listeners.
 * - `quiet`: it fetches no more.
 * - `shutdown`: no job runs any more, the finished ones are settled. `stop()` waits for the
 *   listeners: here is the place to close what jobs use.
 * - `heartbeat`: every 10 seconds, from the start to the end.
 */
export type WorkerEvent = "startup" | "quiet" | "shutdown" | "heartbeat";

/** What it throws, or rejects with, is logged. */
export type WorkerListener = () => unknown;

const EVENTS: readonly string[] = ["startup", "quiet", "shutdown", "heartbeat"];

export class Lifecycle {
  readonly #logger: () => Logger;
  readonly #listeners = new Map<WorkerEvent, Set<WorkerListener>>();

  constructor(logger: () => Logger) {
    this.#logger = logger;
  }

  on(event: WorkerEvent, listener: WorkerListener): void {
    checkEvent(event);
    if (typeof listener !== "function") {
      throw new TypeError(
        `Cannot listen to "${event}" of a worker with ${describe(listener)}: give a function`,
      );
    }
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
  }

  off(event: WorkerEvent, listener: WorkerListener): void {
    checkEvent(event);
    this.#listeners.get(event)?.delete(listener);
  }

  /** Resolves when all listeners have; never rejects. */
  async emit(event: WorkerEvent): Promise<void> {
    const listeners = [...(this.#listeners.get(event) ?? [])];
    await Promise.all(listeners.map((listener) => this.#call(event, listener)));
  }

  async #call(event: WorkerEvent, listener: WorkerListener): Promise<void> {
    try {
      await listener();
    } catch (error) {
      logSafely(
        this.#logger(),
        "error",
        { err: error, event },
        `A worker's "${event}" listener failed`,
      );
    }
  }
}

function checkEvent(event: string): void {
  if (!EVENTS.includes(event)) {
    throw new TypeError(
      `Cannot listen to ${describe(event)} of a worker: there is no such event.${didYouMean(event, EVENTS)} ` +
        `There are: ${EVENTS.join(", ")}`,
    );
  }
}
