import {
  batchKey,
  type Batches,
  type BatchOpening,
  type BatchPage,
  type BatchState,
} from "../../batches.ts";
import type { Listening } from "../../job-notes.ts";
import type { BatchCounts } from "../jobs/batch-counts.ts";
import type { CountedBatch } from "../jobs/counted-batch.ts";
import type { Context } from "../store/context.ts";
import type { Steps } from "../store/steps.ts";
import type { Telling } from "../telling/telling.ts";

/** Batches in a file, for whoever makes and reads them. */
export class SqliteBatches implements Batches {
  readonly #context: Context;
  readonly #steps: Steps;
  readonly #counts: BatchCounts;

  readonly #telling: Telling;

  constructor({
    context,
    steps,
    counts,
    telling,
  }: {
    readonly context: Context;
    readonly steps: Steps;
    readonly counts: BatchCounts;
    readonly telling: Telling;
  }) {
    this.#context = context;
    this.#steps = steps;
    this.#counts = counts;
    this.#telling = telling;
  }

  listen(id: string, onComplete: () => void): Listening {
    return this.#telling.onEnd(batchKey(id), onComplete);
  }

  open(opening: BatchOpening): Promise<boolean> {
    return this.#write(() => this.#counts.open(opening));
  }

  renew(id: string, seconds: number): Promise<boolean> {
    return this.#write(() => {
      const batch = this.#open(id);
      if (batch !== undefined) this.#counts.renew(batch, seconds);
      return batch !== undefined;
    });
  }

  close(id: string, isIncomplete = false): Promise<boolean> {
    return this.#write(() => {
      const batch = this.#open(id);
      if (batch !== undefined) this.#counts.close(batch, isIncomplete);
      return batch !== undefined;
    });
  }

  cancel(id: string): Promise<readonly string[]> {
    return this.#write(() => this.#cancel(id));
  }

  read(ids: readonly string[]): Promise<readonly (BatchState | undefined)[]> {
    return this.#write(() => ids.map((id) => this.#stateOf(this.#counts.table.find(id))));
  }

  list(cursor: string | undefined, limit: number): Promise<BatchPage> {
    return this.#write(() => {
      const ids = this.#counts.table.ids(
        "SELECT id FROM batch WHERE ord < ? ORDER BY ord DESC LIMIT ?",
        Number(cursor ?? Infinity),
        limit + 1,
      );
      const batches = ids.slice(0, limit).flatMap((each) => this.#counts.table.find(each) ?? []);
      const last = ids.length > limit ? batches.at(-1) : undefined;
      return {
        batches: batches.flatMap((batch) => this.#stateOf(batch) ?? []),
        cursor: last && String(last.order),
      };
    });
  }

  note(id: string, text: string): Promise<boolean> {
    return this.#write(() => {
      const batch = this.#counts.table.find(id);
      if (batch !== undefined) this.#counts.table.note(id, text);
      return batch !== undefined;
    });
  }

  notes(id: string): Promise<readonly string[]> {
    return this.#steps.read(() => this.#counts.table.notes(id));
  }

  /** Those whose time is over are dealt with first. */
  #write<Value>(step: () => Value): Promise<Value> {
    return this.#steps.write(
      () => {
        this.#counts.wake();
        return step();
      },
      { isDurable: true },
    );
  }

  #open(id: string): CountedBatch | undefined {
    const batch = this.#counts.table.find(id);
    return batch?.openUntil === undefined ? undefined : batch;
  }

  #cancel(id: string): string[] {
    const { table } = this.#counts;
    const cancelled: string[] = [];
    const open = [table.find(id)];
    // What is added on the way is visited too.
    for (const batch of open) {
      if (batch?.takesMore === true) {
        batch.cancelledAt = this.#context.now;
        batch.openUntil = undefined;
      }
      if (batch !== undefined && batch.endedAt === undefined) {
        cancelled.push(batch.id);
        const children = table.ids(
          "SELECT id FROM batch WHERE parent = ? AND ended_at IS NULL ORDER BY ord",
          batch.id,
        );
        open.push(...children.map((child) => table.find(child)));
      }
    }
    this.#context.notices.isCancelled ||= cancelled.length > 0;
    for (const batch of open.toReversed()) {
      if (batch !== undefined) this.#counts.changed(batch);
    }
    return cancelled;
  }

  #stateOf(batch: CountedBatch | undefined): BatchState | undefined {
    return batch?.state(this.#counts.table.failures(batch));
  }
}
