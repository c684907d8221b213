import { inspect } from "node:util";
import type { Adapter } from "../adapters/adapter.ts";
import { deferAfter } from "../job/defer/defer-after.ts";
import { checkFunction } from "../job/checks/checks.ts";
import { settings } from "../job/settings/settings.ts";
import { surroundedBy, surroundings } from "../job/surroundings/surroundings.ts";
import { awaitComplete } from "./await-complete.ts";
import { BatchClosedError } from "./batch-errors.ts";
import { readGraph, type BatchGraph } from "./batch-graph.ts";
import { newBatchId } from "./batch-id.ts";
import { cancelJobs, countRunning, retryDeadJobs } from "./batch-jobs.ts";
import {
  checkOptions,
  parentIn,
  refuseCollecting,
  type BatchOptions,
  type CompletedOptions,
} from "./batch-options.ts";
import { statusOf, textOf, type BatchStatus } from "./batch-status.ts";
import { enqueueCallbacks, readCallbacks } from "./callbacks.ts";
import { Filling } from "./filling.ts";
import { Opening, OPEN_FOR } from "./opening.ts";
import { refusalOf, unknownBatch } from "./refusal.ts";
import { batchOfRunningJob } from "./running-batch.ts";
import { batchesOf } from "./store.ts";

/** Seconds for which a batch is known after its end: 30 days. */
const KEPT = 2_592_000;

/** Adds jobs to a batch: those that are deferred in it. */
export type BatchBlock<Output = unknown> = (batch: Batch) => Output | Promise<Output>;

/**
 * Jobs that are counted together, with callbacks.
 *
 * - *complete*: each job has been tried once, well or badly, or has left: it was discarded,
 *   cancelled, deleted, or has expired. A requeue, a wait, or a lost worker is no attempt.
 * - *success*: each job is done, or has left. Never where one is dead and was deleted.
 * - *death*: the first job is dead. Retried from there, it can still make the batch a success.
 *
 * Each callback is enqueued once. Batches in it are waited for as its jobs are.
 *
 * @example
 * ```ts
 * import { Batch, Command } from "mandate";
 *
 * class ImportRow extends Command.initializeWith((row: number) => ({ row })) {
 *   call() {}
 * }
 * class MarkImported extends Command.initializeWith((file: string) => ({ file })) {
 *   call() {}
 * }
 *
 * const file = "rows.csv";
 * const batch = await Batch.create(
 *   { description: `Import ${file}`, onSuccess: MarkImported.prepare(file) },
 *   async () => {
 *     for (let row = 0; row < 1_000; row += 1) await ImportRow.defer(row);
 *   },
 * );
 * console.log((await batch.status()).total);
 * // Output: 1000
 * ```
 */
export class Batch {
  /** Letters and digits. */
  readonly id: string;
  readonly #adapter: Adapter;

  /** @internal */
  constructor(id: string, adapter: Adapter) {
    this.id = id;
    this.#adapter = adapter;
  }

  /**
   * Makes a batch of the jobs that the block defers, itself or by what it calls. What runs already
   * may end before the block does; no callback comes before it has.
   *
   * If the block throws, what was added stays, the batch is closed, and `onComplete` comes; it is
   * incomplete, and will be no success. So it is where this process dies meanwhile, a minute later.
   *
   * @returns the batch, once it is closed.
   * @throws what the block throws.
   * @throws {TypeError} inside of a `deferAfter`, or if an option is none.
   * @throws {BatchCancelledError | BatchClosedError} if its parent takes no more.
   * @throws {AdapterError} if the store does not answer.
   */
  static async create(options: BatchOptions, block?: BatchBlock): Promise<Batch> {
    const { keepOpen = false, atomic = false, description } = checkOptions(options, block);
    const callbacks = readCallbacks(options);
    const { adapter } = settings();
    const batches = batchesOf(adapter);
    const id = newBatchId();
    const parent = parentIn(options.parent ?? surroundings().batch?.id ?? batchOfRunningJob());
    const text = textOf(description === undefined ? {} : { description });
    const seconds = keepOpen ? KEPT : OPEN_FOR;
    if (!(await batches.open({ id, text, parent, seconds, keep: KEPT }))) {
      throw await refusalOf(parent ?? id, batches);
    }
    const opening = new Opening(id, batches);
    const batch = new Batch(id, adapter);
    try {
      if (!keepOpen) opening.keep();
      await surroundedBy({ batch: undefined }, () => enqueueCallbacks(id, callbacks));
      if (block !== undefined) {
        await batch.#fill(atomic ? () => deferAfter(() => block(batch)) : () => block(batch));
      }
    } catch (error) {
      await opening.close(true);
      throw error;
    }
    if (!keepOpen && !(await opening.close(false)) && !(await batch.#isCancelled())) {
      throw new BatchClosedError(
        id,
        "it was open for a minute without a word from here, and is closed as incomplete",
        "Block the event loop for less long while it is filled",
      );
    }
    return batch;
  }

  /** @returns `undefined` where none is known by this id: there was none, or it ended 30 days ago. */
  static find(id: string): Promise<Batch | undefined> {
    return findBatch(id, settings().adapter);
  }

  /** All that are known, the latest first, a page at a time. */
  static all(): AsyncGenerator<Batch, void, undefined> {
    return allBatches(settings().adapter);
  }

  /**
   * How far it is.
   *
   * @throws {BatchClosedError} if it is known no more.
   */
  async status(): Promise<BatchStatus> {
    const [state] = await batchesOf(this.#adapter).read([this.id]);
    if (state === undefined) {
      throw unknownBatch(this.id);
    }
    const lives = state.pending > state.dead;
    return statusOf(state, lives ? await countRunning(this.id, this.#adapter) : 0);
  }

  /**
   * Adds the jobs that the block defers: in a job of the batch, or in its own block; from outside
   * as long as it is kept open.
   *
   * @returns what the block returns.
   * @throws {BatchCancelledError} if it was cancelled.
   * @throws {BatchClosedError} if it is closed, or over.
   * @throws {TypeError} inside of a `deferAfter`.
   */
  async add<Output>(block: BatchBlock<Output>): Promise<Output> {
    checkFunction(block, `add of batch ${this.id}`);
    refuseCollecting(`add to batch ${this.id}`);
    const batches = batchesOf(this.#adapter);
    const [state] = await batches.read([this.id]);
    const isOver = state?.endedAt !== undefined || state?.cancelledAt !== undefined;
    const isInside = batchOfRunningJob() === this.id;
    if (state === undefined || isOver || (state.openUntil === undefined && !isInside)) {
      throw await refusalOf(this.id, batches);
    }
    return this.#fill(() => block(this));
  }

  /**
   * No more jobs are added from outside.
   *
   * @returns `false` if it was closed before.
   */
  close(): Promise<boolean> {
    return batchesOf(this.#adapter).close(this.id);
  }

  /**
   * Its jobs that wait are cancelled, those that run have their signal aborted, and it takes no
   * more; so do the batches in it. `onComplete` comes, and `onSuccess` does not.
   *
   * @returns `false` if it was over, or cancelled before.
   */
  async cancel(): Promise<boolean> {
    const ids = await batchesOf(this.#adapter).cancel(this.id);
    await cancelJobs(new Set(ids), this.#adapter);
    return ids.length > 0;
  }

  /**
   * Puts its dead jobs back on their queues. Once they are done the batch is a success after all.
   *
   * @returns how many there were.
   */
  retryDead(): Promise<number> {
    return retryDeadJobs(this.id, this.#adapter);
  }

  /**
   * Waits until each of its jobs has been tried, or has left.
   *
   * @returns how it is then.
   * @throws {BatchTimeoutError} if that takes longer, or the store does not answer.
   * @throws {BatchClosedError} if it is known no more.
   */
  completed(options: CompletedOptions = {}): Promise<BatchStatus> {
    return awaitComplete(this.id, () => this.status(), options);
  }

  /**
   * Which of its jobs wait for which, as far as any do: those that were enqueued with `prereqJobs`
   * in it, and what they wait for.
   *
   * @throws {AdapterError} if the store does not answer.
   */
  async graph(): Promise<BatchGraph> {
    return readGraph(await batchesOf(this.#adapter).notes(this.id), this.#adapter);
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

  async #fill<Output>(block: () => Output | Promise<Output>): Promise<Output> {
    const filling = new Filling(this.id, batchesOf(this.#adapter));
    try {
      return await surroundedBy({ batch: filling }, block);
    } finally {
      filling.end();
    }
  }

  async #isCancelled(): Promise<boolean> {
    const [state] = await batchesOf(this.#adapter).read([this.id]);
    return state?.cancelledAt !== undefined;
  }
}

/** A batch in a store. @returns `undefined` if none is known by this id. */
export async function findBatch(id: string, adapter: Adapter): Promise<Batch | undefined> {
  const [state] = await batchesOf(adapter).read([id]);
  return state && new Batch(id, adapter);
}

/** All batches in a store, the latest first, a page at a time. */
export async function* allBatches(adapter: Adapter): AsyncGenerator<Batch, void, undefined> {
  const batches = batchesOf(adapter);
  let cursor: string | undefined;
  do {
    const page = await batches.list(cursor, 100);
    yield* page.batches.map(({ id }) => new Batch(id, adapter));
    ({ cursor } = page);
  } while (cursor !== undefined);
}
