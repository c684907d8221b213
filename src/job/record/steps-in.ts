import type { JobRecord } from "../../adapters/job-record.ts";
import { DeserializationError } from "../../serialization/deserialization-error.ts";
import { areSteps, foundSteps, type RecordedStep } from "./recorded-steps.ts";
import { displayName } from "./target.ts";

/**
 * How far a job had come when its record was written; `undefined` where it begins.
 *
 * @throws {DeserializationError} if it is nothing that a run wrote.
 * @throws {EncryptionKeyMissingError | DecryptionError} if it is encrypted, and cannot be read
 *   here.
 */
export function stepsIn(record: JobRecord): readonly RecordedStep[] | undefined {
  const found = foundSteps(record);
  if (found !== undefined && !areSteps(found)) {
    throw new DeserializationError(
      `Cannot resume ${displayName(record)}: the steps in its record are none that a run wrote. ` +
        "Delete the job, or enqueue it anew",
    );
  }
  return found;
}
