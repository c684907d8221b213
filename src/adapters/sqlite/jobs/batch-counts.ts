import {
  batchEvent,
  batchKey,
  readBatchEvent,
  type BatchEvent,
  type BatchOpening,
} from "../../batches.ts";
import type { Context } from "../store/context.ts";
import { BatchTable } from "./batch-table.ts";
import type { CountedBatch } from "./counted-batch.ts";

/** What counting needs to know of a job. */
interface Member {
  readonly jid: string;
  readonly batch: string | undefined;
  readonly payload: string;
  isTried: boolean;
  isDead: boolean;
}

/**
 * Counts the jobs of batches, each in the step in which it moves, and tells what happens to a batch
 * by that.
 */
export class BatchCounts {
  readonly table: BatchTable;
  readonly #context: Context;
  readonly #free: (prereq: string, ended: "cancelled" | undefined) => void;

  /** @param free Frees what waits for an event. */
  constructor(context: Context, free: (prereq: string, ended: "cancelled" | undefined) => void) {
    this.#context = context;
    this.#free = free;
    this.table = new BatchTable(context);
  }

  /** Whether a job that says it is in this one may come. */
  takes(id: string): boolean {
    return this.table.find(id)?.takesMore === true;
  }

  /** A job has come. */
  join(id: string): void {
    const batch = this.table.find(id);
    if (batch !== undefined) {
      batch.total += 1;
      batch.pending += 1;
      batch.untried += 1;
      this.#schedule(batch);
    }
  }

  /** A run of a job has failed. */
  failed(job: Member): void {
    const batch = this.#of(job);
    if (batch !== undefined) {
      this.#tried(batch, job);
      this.changed(batch);
    }
  }

  died(job: Member): void {
    const batch = this.#of(job);
    if (batch === undefined) {
      return;
    }
    this.#tried(batch, job);
    batch.dead += job.isDead ? 0 : 1;
    job.isDead = true;
    let each: CountedBatch | undefined = batch;
    while (each !== undefined && each.diedAt === undefined) {
      each.diedAt = this.#context.now;
      this.#tell(each, "death");
      each = this.#parentOf(each);
    }
    this.changed(batch);
  }

  /** The job waits again, which may have been dead. */
  waits(job: Member): void {
    const batch = job.isDead ? this.#of(job) : undefined;
    job.isDead = false;
    if (batch !== undefined) {
      batch.dead -= 1;
      this.changed(batch);
    }
  }

  /** The job is over. One that was dead was no success, and is held against the batch. */
  over(job: Member): void {
    const batch = job.isDead ? undefined : this.#of(job);
    if (batch !== undefined) {
      batch.untried -= job.isTried ? 0 : 1;
      batch.pending -= 1;
      this.changed(batch);
    }
  }

  isCancelled({ batch }: Pick<Member, "batch">): boolean {
    return batch !== undefined && this.table.find(batch)?.cancelledAt !== undefined;
  }

  /** Whether somebody who waits for this waits for an event that may still come. */
  isAwaited(prereq: string): boolean {
    const { id = "", event } = readBatchEvent(prereq) ?? {};
    return event !== undefined && this.table.find(id)?.fateOf(event) === "open";
  }

  /** Whether this is an event that cannot come any more. */
  isMissed(prereq: string): boolean {
    const { id = "", event } = readBatchEvent(prereq) ?? {};
    return event !== undefined && (this.table.find(id)?.fateOf(event) ?? "missed") === "missed";
  }

  changed(batch: CountedBatch): void {
    const { now } = this.#context;
    const isClosed = batch.openUntil === undefined;
    const isTried = batch.untried === 0 && batch.untriedChildren === 0;
    if (isClosed && isTried && batch.completedAt === undefined) {
      batch.completedAt = now;
      this.#tell(batch, "complete");
      const parent = this.#parentOf(batch);
      if (parent !== undefined) {
        parent.untriedChildren -= 1;
        this.changed(parent);
      }
    }
    const isLeft = batch.pending === 0 && batch.pendingChildren === 0;
    if (isClosed && isLeft && batch.endedAt === undefined) {
      this.#end(batch);
    }
    this.#schedule(batch);
  }

  #end(batch: CountedBatch): void {
    const { now } = this.#context;
    const isSuccess = !batch.isIncomplete && batch.cancelledAt === undefined;
    batch.endedAt = now;
    batch.succeededAt = isSuccess ? now : undefined;
    this.#tell(batch, "success", isSuccess ? undefined : "cancelled");
    this.#tell(batch, "death", "cancelled");
    const parent = this.#parentOf(batch);
    if (parent !== undefined) {
      parent.pendingChildren -= 1;
      this.changed(parent);
    }
  }

  open(opening: BatchOpening): boolean {
    const parent = opening.parent === undefined ? undefined : this.table.find(opening.parent);
    const known = this.table.find(opening.id);
    if (known === undefined) {
      if (opening.parent !== undefined && parent?.takesMore !== true) {
        return false;
      }
      const batch = this.table.make(opening);
      if (parent !== undefined) {
        parent.children += 1;
        parent.pendingChildren += 1;
        parent.untriedChildren += 1;
        this.#schedule(parent);
      }
      this.#schedule(batch);
    }
    return true;
  }

  renew(batch: CountedBatch, seconds: number): void {
    batch.openUntil = this.#context.now + seconds;
    this.#schedule(batch);
  }

  close(batch: CountedBatch, isIncomplete: boolean): void {
    batch.openUntil = undefined;
    batch.isIncomplete = isIncomplete;
    this.changed(batch);
  }

  /** Closes those whose opening has run out, and forgets those that ended long ago. */
  wake(): void {
    const due =
      "SELECT id FROM batch WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at LIMIT 100";
    let ids = this.table.ids(due, this.#context.now);
    for (; ids.length > 0; ids = this.table.ids(due, this.#context.now)) {
      for (const id of ids) {
        const batch = this.table.find(id);
        if (batch !== undefined && batch.openUntil === undefined) {
          this.#forget(batch);
        } else if (batch !== undefined) {
          this.close(batch, true);
        }
      }
    }
  }

  #forget(batch: CountedBatch): void {
    for (const event of ["complete", "success", "death"] as const) {
      this.#tell(batch, event, "cancelled");
    }
    this.table.delete(batch);
    const parent = this.#parentOf(batch);
    if (parent !== undefined) {
      parent.untriedChildren -= batch.completedAt === undefined ? 1 : 0;
      parent.pendingChildren -= batch.endedAt === undefined ? 1 : 0;
      this.changed(parent);
    }
  }

  #tried(batch: CountedBatch, job: Member): void {
    if (!job.isTried) {
      job.isTried = true;
      batch.untried -= 1;
      this.table.fail(batch, job.jid, job.payload);
    }
  }

  #of({ batch }: Pick<Member, "batch">): CountedBatch | undefined {
    return batch === undefined ? undefined : this.table.find(batch);
  }

  #parentOf({ parent }: CountedBatch): CountedBatch | undefined {
    return parent === undefined ? undefined : this.table.find(parent);
  }

  #tell({ id }: CountedBatch, event: BatchEvent, ended?: "cancelled"): void {
    const { notices } = this.#context;
    this.#free(batchEvent(id, event), ended);
    if (ended === undefined) {
      this.table.addNews({ id, event });
      notices.work();
    }
    if (event === "complete") {
      notices.ends.push(batchKey(id));
    }
  }

  /** When it is to be looked at next. */
  #schedule(batch: CountedBatch): void {
    const end = batch.isStill ? (batch.endedAt ?? this.#context.now) + batch.keep : undefined;
    const at = batch.openUntil ?? end;
    if (at !== batch.dueAt) {
      batch.dueAt = at;
      if (at !== undefined) this.#context.notices.dueAt(at);
    }
  }
}
