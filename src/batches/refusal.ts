import type { Batches } from "../adapters/batches.ts";
import { BatchCancelledError, BatchClosedError } from "./batch-errors.ts";

/** Why a batch takes no more. */
export async function refusalOf(id: string, batches: Batches): Promise<Error> {
  const [state] = await batches.read([id]);
  if (state === undefined) {
    return unknownBatch(id);
  }
  if (state.cancelledAt !== undefined) {
    return new BatchCancelledError(id);
  }
  return state.endedAt === undefined
    ? new BatchClosedError(
        id,
        "it is closed",
        "Add in one of its jobs, by this.batch.add, or create it with { keepOpen: true }",
      )
    : new BatchClosedError(id, "it is over", "Make another with Batch.create");
}

/** Why nothing can be said of a batch. */
export function unknownBatch(id: string): BatchClosedError {
  return new BatchClosedError(
    id,
    "there is none, or it ended more than 30 days ago",
    "Make another with Batch.create",
  );
}
