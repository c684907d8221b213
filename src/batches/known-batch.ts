import { inspect } from "node:util";
import type { Adapter } from "../adapters/adapter.ts";
import type { BatchState } from "../adapters/batches.ts";
import { channels } from "../job/observe/events.ts";
import { awaitComplete, type CompletedOptions } from "./await-complete.ts";
import { readGraph, type BatchGraph } from "./batch-graph.ts";
import { cancelJobs, countRunning, retryDeadJobs } from "./batch-jobs.ts";
import { statusOf, type BatchStatus } from "./batch-status.ts";
import { unknownBatch } from "./refusal.ts";
import { batchesOf } from "./store.ts";

/** A batch that is there, as whoever looks after it sees it. */
export class KnownBatch {
  /** Letters and digits. */
  readonly id: string;
  /** @internal */
  protected readonly adapter: Adapter;

  /** @internal */
  constructor(id: string, adapter: Adapter) {
    this.id = id;
    this.adapter = adapter;
  }

  /**
   * How far it is.
   *
   * @throws {BatchClosedError} if it is known no more.
   */
  async status(): Promise<BatchStatus> {
    const [state] = await batchesOf(this.adapter).read([this.id]);
    if (state === undefined) {
      throw unknownBatch(this.id);
    }
    return this.#statusOf(state);
  }

  async #statusOf(state: BatchState): Promise<BatchStatus> {
    const lives = state.pending > state.dead;
    return statusOf(state, lives ? await countRunning([this.id], this.adapter) : 0);
  }

  /**
   * No more jobs are added from outside.
   *
   * @returns `false` if it was closed before.
   */
  close(): Promise<boolean> {
    return batchesOf(this.adapter).close(this.id);
  }

  /**
   * Its jobs that wait are cancelled, those that run have their signal aborted, and it takes no
   * more; so do the batches in it. `onComplete` comes, and `onSuccess` does not.
   *
   * At once for workers: none of its jobs starts any more. Those that wait are looked for among all
   * that wait, 500 at a time, until as many are found as are left. Where it ends before that is
   * done, the rest ends as it comes to be handed out, or by another call.
   *
   * @returns `false` if it was over.
   */
  async cancel(): Promise<boolean> {
    const ids = await batchesOf(this.adapter).cancel(this.id);
    if (ids.length > 0) channels.batch.publish({ batch: this.id, what: "cancel" });
    await cancelJobs(ids, this.adapter);
    return ids.length > 0;
  }

  /**
   * Puts its dead jobs back on their queues. Once they are done the batch is a success after all.
   *
   * @returns how many there were.
   */
  retryDead(): Promise<number> {
    return retryDeadJobs(this.id, this.adapter);
  }

  /**
   * Waits until each of its jobs has been tried, or has left. The store says so; of many that wait
   * in a process none asks it for itself.
   *
   * @returns how it is then.
   * @throws {BatchTimeoutError} if that takes longer, or the store does not answer.
   * @throws {BatchClosedError} if it is known no more.
   */
  async completed(options: CompletedOptions = {}): Promise<BatchStatus> {
    return this.#statusOf(await awaitComplete(this.id, this.adapter, options));
  }

  /**
   * Which of its jobs wait for which, as far as any do: those that were enqueued with `prereqJobs`
   * in it, and what they wait for.
   *
   * @throws {AdapterError} if the store does not answer.
   */
  async graph(): Promise<BatchGraph> {
    return readGraph(await batchesOf(this.adapter).notes(this.id), this.adapter);
  }

  /** Its id: in templates, and wherever it is made text. */
  toString(): string {
    return this.id;
  }

  /** Its id, by which `Batch.find` finds it. */
  toJSON(): string {
    return this.id;
  }

  /** @internal One line, where it is printed. */
  [inspect.custom](): string {
    return `Batch ${this.id}`;
  }
}

/** A batch in a store. @returns `undefined` if none is known by this id. */
export async function findBatch(id: string, adapter: Adapter): Promise<KnownBatch | undefined> {
  const [state] = await batchesOf(adapter).read([id]);
  return state && new KnownBatch(id, adapter);
}

/** All batches in a store, the latest first, a page at a time. */
export async function* allBatches(adapter: Adapter): AsyncGenerator<KnownBatch, void, undefined> {
  const batches = batchesOf(adapter);
  let cursor: string | undefined;
  do {
    const page = await batches.list(cursor, 100);
    yield* page.batches.map(({ id }) => new KnownBatch(id, adapter));
    ({ cursor } = page);
  } while (cursor !== undefined);
}
