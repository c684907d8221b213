import type { Adapter } from "../adapters/adapter.ts";
import type { Batches } from "../adapters/batches.ts";
import { ConfigurationError } from "../support/errors.ts";

/** @throws {ConfigurationError} if the store keeps no batches. */
export function batchesOf({ batches, name }: Pick<Adapter, "batches" | "name">): Batches {
  if (batches === undefined) {
    throw new ConfigurationError(
      `Cannot use batches: the adapter "${name}" keeps none. Use one that does`,
    );
  }
  return batches;
}
