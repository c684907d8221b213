import type { Adapter } from "../../adapters/adapter.ts";
import type { JobEnd, Listening } from "../../adapters/job-notes.ts";
import { setLongTimeout } from "../../support/clock.ts";

/**
 * Seconds between looks at all that is waited for: what a store cannot announce, such as a deleted
 * job, is seen by then.
 */
const LOOK_EACH = 1;

/** Jobs that the store is asked for at once. */
const SLICE = 500;

/** Somebody who waits for the end of a job. */
export interface Waiter {
  /** Called once. Nothing more is said after. */
  readonly onEnd: (end: JobEnd) => void;
  /** Why the last look failed; `undefined` if it did not. */
  problem: unknown;
}

interface Awaited {
  readonly waiters: Set<Waiter>;
  readonly listening: Listening;
}

/**
 * Where all of a process wait for the ends of jobs, of one adapter. It listens first and looks
 * then, so that no end falls in between; it looks when it hears something, and now and then
 * besides.
 */
class EndWatch {
  readonly #adapter: Adapter;
  readonly #awaited = new Map<string, Awaited>();
  readonly #toLook = new Set<string>();
  #isLooking = false;
  #cancelTick: (() => void) | undefined;

  constructor(adapter: Adapter) {
    this.#adapter = adapter;
  }

  /** @returns what ends the waiting. */
  wait(jid: string, waiter: Waiter): () => void {
    const known = this.#awaited.get(jid);
    if (known === undefined) {
      const listening = this.#adapter.notes.listen(jid, () => this.#look(jid));
      this.#awaited.set(jid, { waiters: new Set([waiter]), listening });
      const look = (): void => this.#look(jid);
      listening.ready.then(look, look);
    } else {
      known.waiters.add(waiter);
      this.#look(jid);
    }
    this.#cancelTick ??= this.#tick();
    return () => this.#leave(jid, waiter);
  }

  #leave(jid: string, waiter: Waiter): void {
    const awaited = this.#awaited.get(jid);
    if (awaited?.waiters.delete(waiter) === true && awaited.waiters.size === 0) {
      this.#forget(jid, awaited);
    }
  }

  #forget(jid: string, { listening }: Awaited): void {
    this.#awaited.delete(jid);
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
      for (const jid of this.#awaited.keys()) {
        this.#look(jid);
      }
    };
    return setLongTimeout(look, LOOK_EACH, { unref: true });
  }

  #look(jid: string): void {
    this.#toLook.add(jid);
    if (!this.#isLooking) {
      this.#isLooking = true;
      queueMicrotask(() => void this.#lookAtAll());
    }
  }

  /** Never rejects. */
  async #lookAtAll(): Promise<void> {
    while (this.#toLook.size > 0) {
      const jids = [...this.#toLook].slice(0, SLICE);
      jids.forEach((jid) => this.#toLook.delete(jid));
      await this.#lookAt(jids.filter((jid) => this.#awaited.has(jid)));
    }
    this.#isLooking = false;
  }

  async #lookAt(jids: readonly string[]): Promise<void> {
    let problem: unknown;
    let ends: readonly JobEnd[] = [];
    try {
      ends = await this.#adapter.notes.readEnds(jids);
    } catch (error) {
      problem = error;
    }
    jids.forEach((jid, index) => {
      const awaited = this.#awaited.get(jid);
      const end = ends[index];
      if (awaited === undefined) {
        return;
      }
      for (const waiter of awaited.waiters) {
        waiter.problem = problem;
      }
      if (end !== undefined && end.state !== "unfinished") {
        this.#forget(jid, awaited);
        awaited.waiters.forEach(({ onEnd }) => onEnd(end));
      }
    });
  }
}

const watches = new WeakMap<Adapter, EndWatch>();

/** Calls the waiter when the job is over. @returns what ends the waiting. */
export function waitForEnd(adapter: Adapter, jid: string, waiter: Waiter): () => void {
  let watch = watches.get(adapter);
  if (watch === undefined) {
    watch = new EndWatch(adapter);
    watches.set(adapter, watch);
  }
  return watch.wait(jid, waiter);
}
