import { deferAfter } from "../job/defer/defer-after.ts";
import { checkFunction } from "../job/checks/checks.ts";
import { channels } from "../job/observe/events.ts";
import { settings } from "../job/settings/settings.ts";
import { surroundedBy, surroundings } from "../job/surroundings/surroundings.ts";
import { BatchClosedError } from "./batch-errors.ts";
import { newBatchId } from "./batch-id.ts";
import { checkOptions, parentIn, refuseCollecting, type BatchOptions } from "./batch-options.ts";
import { textOf } from "./batch-status.ts";
import { enqueueCallbacks, readCallbacks } from "./callbacks.ts";
import { Filling } from "./filling.ts";
import { allBatches, findBatch, KnownBatch } from "./known-batch.ts";
import { Opening, OPEN_FOR } from "./opening.ts";
import { refusalOf } from "./refusal.ts";
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
export class Batch extends KnownBatch {
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
    channels.batch.publish({ batch: id, what: "open" });
    const opening = new Opening(id, batches);
    const batch = new Batch(id, adapter);
    try {
      if (!keepOpen) opening.keep();
      await surroundedBy({ batch: undefined }, () => enqueueCallbacks(id, callbacks));
      if (block !== undefined) {
        await batch.#fill(atomic ? () => deferAfter(() => block(batch)) : () => block(batch));
      }
    } catch (error) {
      // Where that fails too it runs out, and what went wrong first is what matters.
      await opening.close(true).catch(() => undefined);
      throw error;
    }
    if (!keepOpen && !(await opening.close(false)) && (await batch.#isIncomplete())) {
      throw new BatchClosedError(
        id,
        "it was open for a minute without a word from here, and is closed as incomplete",
        "Block the event loop for less long while it is filled",
      );
    }
    return batch;
  }

  /**
   * @returns `undefined` where none is known by this id: there was none, or it ended 30 days ago.
   */
  static async find(id: string): Promise<Batch | undefined> {
    const { adapter } = settings();
    return (await findBatch(id, adapter)) && new Batch(id, adapter);
  }

  /** All that are known, the latest first, a page at a time. */
  static async *all(): AsyncGenerator<Batch, void, undefined> {
    const { adapter } = settings();
    for await (const { id } of allBatches(adapter)) yield new Batch(id, adapter);
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
    const batches = batchesOf(this.adapter);
    const [state] = await batches.read([this.id]);
    const isOver = state?.endedAt !== undefined || state?.cancelledAt !== undefined;
    const isInside = batchOfRunningJob() === this.id;
    if (state === undefined || isOver || (state.openUntil === undefined && !isInside)) {
      throw await refusalOf(this.id, batches);
    }
    return this.#fill(() => block(this));
  }

  async #fill<Output>(block: () => Output | Promise<Output>): Promise<Output> {
    const batch = new Filling(this.id, batchesOf(this.adapter));
    return surroundedBy({ batch }, block);
  }

  async #isIncomplete(): Promise<boolean> {
    const [state] = await batchesOf(this.adapter).read([this.id]);
    return state?.isIncomplete === true;
  }
}
