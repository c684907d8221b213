import type { Adapter } from "../adapters/adapter.ts";
import type { BatchState } from "../adapters/batches.ts";
import { checkOptionNames } from "../job/checks/checks.ts";
import { waitFor } from "../job/handle/wait-for.ts";
import { Watch } from "../job/handle/watch.ts";
import { seconds, type Duration } from "../support/duration.ts";
import { BatchTimeoutError } from "./batch-errors.ts";
import { unknownBatch } from "./refusal.ts";
import { batchesOf } from "./store.ts";

/** How long `completed` waits. */
export interface CompletedOptions {
  /**
   * The longest time: **seconds**, or a string such as `"1 minute"`. @default "30 seconds"
   */
  readonly timeout?: Duration | undefined;
  /** Ends the waiting, which rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Seconds. Stores tell of each completion; a message may get lost all the same. */
const LOOK_EACH = 5;

/** As it is once it is complete; "unknown" where there is none. */
type End = BatchState | "unknown";

const watches = new WeakMap<Adapter, Watch<End>>();

/**
 * Waits until a batch is complete.
 *
 * @throws {BatchTimeoutError} if that takes too long, or the store does not answer.
 * @throws {BatchClosedError} if it is not known.
 */
export async function awaitComplete(
  id: string,
  adapter: Adapter,
  options: CompletedOptions,
): Promise<BatchState> {
  checkOptionNames(options, ["timeout", "signal"], `completed of batch ${id}`);
  const { timeout = 30, signal } = options;
  const limit = seconds(timeout, `timeout of completed of batch ${id}`);
  signal?.throwIfAborted();
  return waitFor<End, BatchState>({
    wait: (waiter) => watchOf(adapter).wait(id, waiter),
    outputOf: async (end) => {
      if (end === "unknown") throw unknownBatch(id);
      return end;
    },
    limit,
    tooLate: (problem) => new BatchTimeoutError(id, limit, problem),
    signal,
  });
}

/** All of a process that wait for batches of a store do so together. */
function watchOf(adapter: Adapter): Watch<End> {
  const known = watches.get(adapter);
  if (known !== undefined) {
    return known;
  }
  const batches = batchesOf(adapter);
  const watch = new Watch<End>({
    listen: (id, onNews) => batches.listen(id, onNews),
    look: async (ids) => {
      const states = await batches.read(ids);
      return states.map((state) => (state === undefined ? "unknown" : completeIn(state)));
    },
    lookEach: LOOK_EACH,
  });
  watches.set(adapter, watch);
  return watch;
}

function completeIn(state: BatchState): BatchState | undefined {
  return state.completedAt === undefined ? undefined : state;
}
