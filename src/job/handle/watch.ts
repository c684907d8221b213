import type { Listening } from "../../adapters/job-notes.ts";
import { setLongTimeout } from "../../support/clock.ts";

/** Names that the store is asked for at once. */
const SLICE = 500;

/** What may come to an end, of which a store tells. */
export interface Watched<End> {
  /** Calls it when there may be something to see. Messages may get lost. */
  readonly listen: (name: string, onNews: () => void) => Listening;
  /** How these have ended, in this order; `undefined` of what has not. */
  readonly look: (names: readonly string[]) => Promise<readonly (End | undefined)[]>;
  /** Seconds between looks at all that is waited for: what was not heard of is seen by then. */
  readonly lookEach: number;
}

/** Somebody who waits for an end. */
export interface Waiter<End> {
  /** Called once. Nothing more is said after. */
  readonly onEnd: (end: End) => void;
  /** Why the last look failed; `undefined` if it did not. */
  problem: unknown;
}

interface Awaited<End> {
  readonly waiters: Set<Waiter<End>>;
  readonly listening: Listening;
}

/**
 * Where all of a process wait for the ends of something, by their names. It listens first and looks
 * then, so that no end falls in between; it looks when it hears something, and now and then
 * besides.
 */
export class Watch<End> {
  readonly #watched: Watched<End>;
  readonly #awaited = new Map<string, Awaited<End>>();
  readonly #toLook = new Set<string>();
  #isLooking = false;
  #cancelTick: (() => void) | undefined;

  constructor(watched: Watched<End>) {
    this.#watched = watched;
  }

  /** @returns what ends the waiting. */
  wait(name: string, waiter: Waiter<End>): () => void {
    const known = this.#awaited.get(name);
    if (known === undefined) {
      const look = (): void => this.#look(name);
      const listening = this.#watched.listen(name, look);
      this.#awaited.set(name, { waiters: new Set([waiter]), listening });
      listening.ready.then(look, look);
    } else {
      known.waiters.add(waiter);
      this.#look(name);
    }
    this.#cancelTick ??= this.#tick();
    return () => this.#leave(name, waiter);
  }

  #leave(name: string, waiter: Waiter<End>): void {
    const awaited = this.#awaited.get(name);
    if (awaited?.waiters.delete(waiter) === true && awaited.waiters.size === 0) {
      this.#forget(name, awaited);
    }
  }

  #forget(name: string, { listening }: Awaited<End>): void {
    this.#awaited.delete(name);
    listening.stop();
    if (this.#awaited.size === 0) {
      this.#cancelTick?.();
      this.#cancelTick = undefined;
    }
  }

  /** Who waits keeps the process alive, and not this. */
  #tick(): () => void {
    const look = (): void => {
      this.#cancelTick = this.#tick();
      for (const name of this.#awaited.keys()) {
        this.#look(name);
      }
    };
    return setLongTimeout(look, this.#watched.lookEach, { unref: true });
  }

  #look(name: string): void {
    this.#toLook.add(name);
    if (!this.#isLooking) {
      this.#isLooking = true;
      queueMicrotask(() => void this.#lookAtAll());
    }
  }

  /** Never rejects. */
  async #lookAtAll(): Promise<void> {
    while (this.#toLook.size > 0) {
      const names = [...this.#toLook].slice(0, SLICE);
      names.forEach((name) => this.#toLook.delete(name));
      await this.#lookAt(names.filter((name) => this.#awaited.has(name)));
    }
    this.#isLooking = false;
  }

  async #lookAt(names: readonly string[]): Promise<void> {
    let problem: unknown;
    let ends: readonly (End | undefined)[] = [];
    try {
      ends = await this.#watched.look(names);
    } catch (error) {
      problem = error;
    }
    names.forEach((name, index) => {
      const awaited = this.#awaited.get(name);
      const end = ends[index];
      if (awaited === undefined) {
        return;
      }
      for (const waiter of awaited.waiters) {
        waiter.problem = problem;
      }
      if (end !== undefined) {
        this.#forget(name, awaited);
        awaited.waiters.forEach(({ onEnd }) => onEnd(end));
      }
    });
  }
}
