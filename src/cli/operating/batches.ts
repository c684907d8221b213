import type { Adapter } from "../../adapters/adapter.ts";
import { findBatch, type KnownBatch } from "../../batches/known-batch.ts";
import { MandateError } from "../../support/errors.ts";
import type { BatchStatus } from "../../batches/batch-status.ts";

/** What was asked for is not there. */
class NoBatchError extends MandateError {
  static {
    this.named("NoBatchError");
  }

  readonly code = "MANDATE_NO_BATCH";
}

/** @throws {NoBatchError} if there is none. */
export async function batchBy(id: string, adapter: Adapter): Promise<KnownBatch> {
  const batch = await findBatch(id, adapter);
  if (batch === undefined) {
    throw new NoBatchError(
      `Cannot find batch ${id}: there is none, or it ended more than 30 days ago. See mandate batches list`,
    );
  }
  return batch;
}

/** How a batch is, in a word. */
export function stateOf(status: BatchStatus): string {
  if (status.cancelledAt !== undefined) return "cancelled";
  if (status.succeededAt !== undefined) return "success";
  if (status.open) return "open";
  if (status.pending > 0) return "running";
  if (status.dead > 0) return "dead";
  return status.incomplete ? "incomplete" : "waiting";
}
