import { batchEvent, batchKey, type BatchEvent, type BatchHappening } from "../batches.ts";
import { Listeners } from "../listeners.ts";
import type { Announcer } from "./announcer.ts";
import type { CountedBatch } from "./counted-batch.ts";
import { SortedList } from "./sorted-list.ts";

/** What a store of batches needs of the store that it is part of. */
export interface BatchesParts {
  readonly now: () => number;
  /** Frees what waits for an event. */
  readonly free: (prereq: string, ended: "cancelled" | undefined) => void;
  readonly announcer: Announcer;
  /** Workers are to know, of these keys, that they are cancelled; or no longer. */
  readonly cancelled: Set<string>;
}

/** Of so many that nobody has asked for it is known what happened to them. */
const MOST_NEWS = 1_000;

/** What follows from the counts of batches, and from the time: each thing once. */
export class BatchCourse {
  readonly #parts: BatchesParts;
  readonly #due = new SortedList<CountedBatch>();
  readonly #forgotten: (batch: CountedBatch) => void;
  /** Who waits for the completion of one. */
  readonly listeners: Listeners = new Listeners();
  #news: BatchHappening[] = [];

  /** @param forgotten One is known no more. */
  constructor(parts: BatchesParts, forgotten: (batch: CountedBatch) => void) {
    this.#parts = parts;
    this.#forgotten = forgotten;
  }

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
    this.schedule(batch);
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
    if (ended === undefined) {
      this.#news.push({ id, event });
      if (this.#news.length > MOST_NEWS) this.#news.shift();
      this.#parts.announcer.work();
    }
    if (event === "complete") {
      queueMicrotask(() => this.listeners.tell(id));
    }
  }

  get hasNews(): boolean {
    return this.#news.length > 0;
  }

  /** What has happened since somebody asked. */
  takeNews(): readonly BatchHappening[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /** When it is to be looked at next. */
  schedule(batch: CountedBatch): void {
    const end = batch.isStill ? (batch.endedAt ?? this.#parts.now()) + batch.keep : Infinity;
    const at = batch.openUntil ?? end;
    if (at !== batch.rank) {
      if (batch.rank !== Infinity) {
        this.#due.remove(batch);
      }
      batch.rank = at;
      if (at !== Infinity) {
        this.#due.add(batch);
        this.#parts.announcer.due(at);
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
        this.close(next, true);
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
    this.#forgotten(batch);
    if (parent !== undefined) {
      parent.untriedChildren.delete(batch);
      parent.pendingChildren.delete(batch);
      this.changed(parent);
    }
  }

  close(batch: CountedBatch, isIncomplete: boolean): void {
    batch.openUntil = undefined;
    batch.isIncomplete = isIncomplete;
    this.changed(batch);
  }

  /** Forgets all. */
  clear(): void {
    while (this.#due.shift() !== undefined);
    this.#news = [];
  }
}
