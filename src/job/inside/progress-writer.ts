import type { Adapter } from "../../adapters/adapter.ts";
import type { ProgressNote } from "../../adapters/job-notes.ts";
import { setLongTimeout } from "../../support/clock.ts";

/** Seconds from one write to the next: a reader sees no more, and a store gets no more. */
const PAUSE = 0.25;

/**
 * Writes what jobs say of their progress: at once what is said first, then what is said last in
 * each quarter of a second, of all jobs together. Nobody waits for it, and what cannot be written
 * is forgotten: the next word says more.
 */
class ProgressWriter {
  readonly #adapter: Adapter;
  #waiting = new Map<string, ProgressNote>();
  #isWriting = false;

  constructor(adapter: Adapter) {
    this.#adapter = adapter;
  }

  add(note: ProgressNote): void {
    this.#waiting.set(note.jid, note);
    if (!this.#isWriting) {
      this.#isWriting = true;
      queueMicrotask(() => void this.#writeAll());
    }
  }

  /** Writes a job's last word now: its worker may be gone before the next time. */
  finish(jid: string): void {
    const last = this.#waiting.get(jid);
    if (last !== undefined) {
      this.#waiting.delete(jid);
      void this.#write([last]);
    }
  }

  /** Never rejects. */
  async #writeAll(): Promise<void> {
    while (this.#waiting.size > 0) {
      const notes = [...this.#waiting.values()];
      this.#waiting.clear();
      await Promise.all([this.#write(notes), pause()]);
    }
    this.#isWriting = false;
  }

  /** Never rejects. */
  async #write(notes: readonly ProgressNote[]): Promise<void> {
    try {
      await this.#adapter.notes.writeProgress(notes);
    } catch {
      // The store is away, which is said elsewhere.
    }
  }
}

/** Keeps no process alive. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setLongTimeout(resolve, PAUSE, { unref: true });
  });
}

const writers = new WeakMap<Adapter, ProgressWriter>();

/** A job says how far it is. */
export function writeProgress(adapter: Adapter, note: ProgressNote): void {
  let writer = writers.get(adapter);
  if (writer === undefined) {
    writer = new ProgressWriter(adapter);
    writers.set(adapter, writer);
  }
  writer.add(note);
}

/** A run has ended that said how far it was. */
export function progressOver(adapter: Adapter, jid: string): void {
  writers.get(adapter)?.finish(jid);
}
