import {
  batchKey,
  readBatchEvent,
  type Batches,
  type BatchOpening,
  type BatchPage,
  type BatchState,
} from "../batches.ts";
import type { FailedPrereq } from "../bury.ts";
import type { Listening } from "../job-notes.ts";
import { CountedBatch } from "./counted-batch.ts";
import { Membership } from "./membership.ts";
import { BatchCourse, type BatchesParts } from "./batch-course.ts";

/** Batches in this process. */
export class MemoryBatches implements Batches {
  readonly #parts: BatchesParts;
  readonly #batches = new Map<string, CountedBatch>();
  readonly course: BatchCourse;
  /** Tells workers of what is cancelled. */
  onCancelled: () => void = () => {};
  #lastOrder = 0;

  constructor(parts: BatchesParts) {
    this.#parts = parts;
    this.course = new BatchCourse(parts, ({ id }) => this.#batches.delete(id));
  }

  /** Whether a job that says it is in this one may come. */
  takes(id: string): boolean {
    return this.#find(id)?.takesMore === true;
  }

  /** @param id of one that takes it. */
  join(id: string, jid: string): Membership | undefined {
    const batch = this.#find(id);
    if (batch === undefined) {
      return undefined;
    }
    batch.total += 1;
    batch.pending += 1;
    batch.untried += 1;
    this.course.schedule(batch);
    return new Membership(this.course, batch, jid);
  }

  /** Whether somebody who waits for this waits for an event that may still come. */
  isAwaited(prereq: string): boolean {
    const { id = "", event } = readBatchEvent(prereq) ?? {};
    return event !== undefined && this.#find(id)?.fateOf(event) === "open";
  }

  /** The first of these that is an event which cannot come any more. */
  firstMissed(prereqs: readonly string[]): FailedPrereq | undefined {
    const jid = prereqs.find((prereq) => {
      const { id = "", event } = readBatchEvent(prereq) ?? {};
      return event !== undefined && (this.#find(id)?.fateOf(event) ?? "missed") === "missed";
    });
    return jid === undefined ? undefined : { jid, ended: "cancelled" };
  }

  /** When something is to be done because of the time. */
  get nextWake(): number | undefined {
    return this.course.nextWake;
  }

  /** Closes those whose opening has run out, and forgets those that ended long ago. */
  wake(now: number): void {
    this.course.wake(now);
  }

  #find(id: string): CountedBatch | undefined {
    return this.#batches.get(id);
  }

  // --- For whoever makes and reads them
  // -------------------------------------------------------------

  async open(opening: BatchOpening): Promise<boolean> {
    const now = this.#parts.now();
    this.wake(now);
    const { id } = opening;
    const parent = opening.parent === undefined ? undefined : this.#find(opening.parent);
    if (this.#find(id) === undefined) {
      if (opening.parent !== undefined && parent?.takesMore !== true) {
        return false;
      }
      this.#lastOrder += 1;
      const batch = new CountedBatch(opening, { parent, now, order: this.#lastOrder });
      this.#batches.set(id, batch);
      if (parent !== undefined) {
        parent.children += 1;
        parent.pendingChildren.add(batch);
        parent.untriedChildren.add(batch);
        this.course.schedule(parent);
      }
      this.course.schedule(batch);
    }
    return true;
  }

  async renew(id: string, seconds: number): Promise<boolean> {
    const now = this.#parts.now();
    this.wake(now);
    const batch = this.#find(id);
    if (batch?.openUntil === undefined) {
      return false;
    }
    batch.openUntil = now + seconds;
    this.course.schedule(batch);
    return true;
  }

  async close(id: string, isIncomplete = false): Promise<boolean> {
    this.wake(this.#parts.now());
    const batch = this.#find(id);
    if (batch?.openUntil === undefined) {
      return false;
    }
    this.course.close(batch, isIncomplete);
    return true;
  }

  async cancel(id: string): Promise<readonly string[]> {
    const cancelled: string[] = [];
    const now = this.#parts.now();
    const open = [this.#find(id)];
    // What is added on the way is visited too.
    for (const batch of open) {
      if (batch?.takesMore === true) {
        batch.cancelledAt = now;
        batch.openUntil = undefined;
        this.#parts.cancelled.add(batchKey(batch.id));
      }
      if (batch !== undefined && batch.endedAt === undefined) {
        cancelled.push(batch.id);
        open.push(...batch.pendingChildren);
      }
    }
    if (cancelled.length > 0) {
      this.onCancelled();
    }
    for (const batch of open.toReversed()) {
      if (batch !== undefined) this.course.changed(batch);
    }
    return cancelled;
  }

  async read(ids: readonly string[]): Promise<readonly (BatchState | undefined)[]> {
    this.wake(this.#parts.now());
    return ids.map((id) => this.#find(id)?.state());
  }

  async list(cursor: string | undefined, limit: number): Promise<BatchPage> {
    this.wake(this.#parts.now());
    const all = [...this.#batches.values()].reverse();
    const left = cursor === undefined ? all : all.filter(({ order }) => order < Number(cursor));
    const page = left.slice(0, limit);
    return {
      batches: page.map((batch) => batch.state()),
      cursor: left.length > limit ? String(page.at(-1)?.order) : undefined,
    };
  }

  listen(id: string, onComplete: () => void): Listening {
    const { listeners } = this.course;
    listeners.add(id, onComplete);
    return { ready: Promise.resolve(), stop: () => void listeners.remove(id, onComplete) };
  }

  async note(id: string, text: string): Promise<boolean> {
    const batch = this.#find(id);
    batch?.notes.push(text);
    return batch !== undefined;
  }

  async notes(id: string): Promise<readonly string[]> {
    return [...(this.#find(id)?.notes ?? [])];
  }

  /** Forgets all. */
  clear(): void {
    this.course.clear();
    this.#batches.clear();
  }
}
