import type { Adapter } from "../adapters/adapter.ts";
import type { Documents } from "../adapters/documents.ts";
import { ConfigurationError } from "../support/errors.ts";

/** @throws {ConfigurationError} if the store keeps none. */
export function documentsOf({ name, documents }: Adapter): Documents {
  if (documents === undefined) {
    throw new ConfigurationError(
      `Cannot keep recurring jobs: adapter "${name}" keeps no documents. Use one that does, such as Redis's`,
    );
  }
  return documents;
}
