import {
  batchEvent,
  batchKey,
  readBatchEvent,
  type Batches,
  type BatchEvent,
  type BatchOpening,
  type BatchPage,
  type BatchState,
} from "../batches.ts";
import type { FailedPrereq } from "../bury.ts";
import { CountedBatch } from "./counted-batch.ts";
import { Membership } from "./membership.ts";
import { SortedList } from "./sorted-list.ts";

/** What a store of batches needs of the store that it is part of. */
export interface BatchesParts {
  readonly now: () => number;
  /** Frees what waits for an event. */
  readonly free: (prereq: string, ended: "cancelled" | undefined) => void;
  /** Something is to be looked at then. */
  readonly due: (at: number) => void;
  /** Workers are to know, of these keys, that they are cancelled; or no longer. */
  readonly cancelled: Set<string>;
}

/** Batches in this process. */
export class MemoryBatches implements Batches {
  readonly #parts: BatchesParts;
  readonly #batches = new Map<string, CountedBatch>();
  readonly #due = new SortedList<CountedBatch>();
  /** Tells workers of what is cancelled. */
  onCancelled: () => void = () => {};
  #lastOrder = 0;

  constructor(parts: BatchesParts) {
    this.#parts = parts;
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
    this.#schedule(batch);
    return new Membership(this, batch, jid);
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

  // --- What happens to them -------------------------------------------------------------------------

  changed(batch: CountedBatch): void {
    const now = this.#parts.now();
    const { parent } = batch;
    const isClosed = batch.openUntil === undefined;
    const isTried = batch.untried === 0 && batch.untriedChildren.size === 0;
    if (isClosed && isTried && batch.completedAt === undefined) {
      batch.completedAt = now;
      this.#tell(batch, "complete");
      if (parent?.untriedChildren.delete(batch) === true) {
        this.changed(parent);
      }
    }
    const isLeft = batch.pending === 0 && batch.pendingChildren.size === 0;
    if (isClosed && isLeft && batch.endedAt === undefined) {
      this.#end(batch, now);
    }
    this.#schedule(batch);
  }

  died(batch: CountedBatch): void {
    let each: CountedBatch | undefined = batch;
    for (; each !== undefined && each.diedAt === undefined; each = each.parent) {
      each.diedAt = this.#parts.now();
      this.#tell(each, "death");
    }
    this.changed(batch);
  }

  #end(batch: CountedBatch, now: number): void {
    const { parent } = batch;
    const isSuccess = !batch.isIncomplete && batch.cancelledAt === undefined;
    batch.endedAt = now;
    batch.succeededAt = isSuccess ? now : undefined;
    this.#tell(batch, "success", isSuccess ? undefined : "cancelled");
    this.#tell(batch, "death", "cancelled");
    this.#parts.cancelled.delete(batchKey(batch.id));
    if (parent?.pendingChildren.delete(batch) === true) {
      this.changed(parent);
    }
  }

  #tell({ id }: CountedBatch, event: BatchEvent, ended?: "cancelled"): void {
    this.#parts.free(batchEvent(id, event), ended);
  }

  /** When it is to be looked at next. */
  #schedule(batch: CountedBatch): void {
    const end = batch.isStill ? (batch.endedAt ?? this.#parts.now()) + batch.keep : Infinity;
    const at = batch.openUntil ?? end;
    if (at !== batch.rank) {
      if (batch.rank !== Infinity) {
        this.#due.remove(batch);
      }
      batch.rank = at;
      if (at !== Infinity) {
        this.#due.add(batch);
        this.#parts.due(at);
      }
    }
  }

  /** When something is to be done because of the time. */
  get nextWake(): number | undefined {
    return this.#due.first?.rank;
  }

  /** Closes those whose opening has run out, and forgets those that ended long ago. */
  wake(now: number): void {
    let next = this.#due.first;
    for (; next !== undefined && next.rank <= now; next = this.#due.first) {
      if (next.openUntil === undefined) {
        this.#forget(next);
      } else {
        this.#close(next, true);
      }
    }
  }

  #forget(batch: CountedBatch): void {
    const { parent } = batch;
    this.#due.remove(batch);
    batch.rank = Infinity;
    for (const event of ["complete", "success", "death"] as const) {
      this.#tell(batch, event, "cancelled");
    }
    this.#parts.cancelled.delete(batchKey(batch.id));
    this.#batches.delete(batch.id);
    if (parent !== undefined) {
      parent.untriedChildren.delete(batch);
      parent.pendingChildren.delete(batch);
      this.changed(parent);
    }
  }

  #close(batch: CountedBatch, isIncomplete: boolean): void {
    batch.openUntil = undefined;
    batch.isIncomplete = isIncomplete;
    this.changed(batch);
  }

  #find(id: string): CountedBatch | undefined {
    return this.#batches.get(id);
  }

  // --- For whoever makes and reads them -------------------------------------------------------------

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
        this.#schedule(parent);
      }
      this.#schedule(batch);
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
    this.#schedule(batch);
    return true;
  }

  async close(id: string, isIncomplete = false): Promise<boolean> {
    this.wake(this.#parts.now());
    const batch = this.#find(id);
    if (batch?.openUntil === undefined) {
      return false;
    }
    this.#close(batch, isIncomplete);
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
        cancelled.push(batch.id);
        this.#parts.cancelled.add(batchKey(batch.id));
        open.push(...batch.pendingChildren);
      }
    }
    if (cancelled.length > 0) {
      this.onCancelled();
    }
    for (const batch of open.toReversed()) {
      if (batch !== undefined) this.changed(batch);
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
    while (this.#due.shift() !== undefined);
    this.#batches.clear();
  }
}
