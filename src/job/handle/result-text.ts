import { deserializeArguments, serializeArguments } from "../../serialization/native-format.ts";
import { SerializationError } from "../../serialization/serialization-error.ts";
import { isThrown, readOr, thrownMessage } from "../../support/thrown.ts";
import { decryptResult } from "./encrypted-result.ts";
import { readLeft, type LeftText } from "./left-text.ts";
import {
  JobFailedError,
  ResultUnavailableError,
  type AwaitedJob,
  type NoResultReason,
} from "./result-errors.ts";

/**
 * Writes a result down as arguments are: records by reference, and so on. What cannot be kept
 * leaves the reason why.
 */
export function writeResult(
  output: unknown,
  { className, maxBytes }: { readonly className: string; readonly maxBytes: number },
): { readonly text: string; readonly problem?: string } {
  let text: string;
  try {
    text = JSON.stringify(serializeArguments([output], { className, isResult: true }));
  } catch (error) {
    const why = isThrown(error, SerializationError) ? "" : "it cannot be written down: ";
    return unkept("not-serializable", why + thrownMessage(error));
  }
  const bytes = Buffer.byteLength(text);
  return bytes <= maxBytes
    ? { text }
    : unkept(
        "too-large",
        `it has ${bytes} bytes, and ${className} keeps ${maxBytes} at most. ` +
          "Return less, or a reference, or give keepResult a larger maxBytes",
      );
}

function unkept(none: NoResultReason, why: string): { text: string; problem: string } {
  const left: LeftText = { none, why };
  return { text: JSON.stringify(left), problem: why };
}

export function writeFailure(errorClass: string, errorMessage: string): string {
  const left: LeftText = { failed: { errorClass, errorMessage } };
  return JSON.stringify(left);
}

/**
 * @returns the result that was written down, its records looked up.
 * @throws {JobFailedError | ResultUnavailableError} if there is none.
 * @throws {DeserializationError} if a record that it refers to is gone, or it cannot be read.
 * @throws {EncryptionKeyMissingError | DecryptionError} if it is encrypted, and cannot be read
 *   here.
 */
export async function readResult(job: AwaitedJob, text: string): Promise<unknown> {
  const left = readLeft(decryptResult(job.id, text));
  if (left === undefined || "encrypted" in left) {
    throw new ResultUnavailableError(
      job,
      "unreadable",
      "the job is over, and what the store has in place of its result is nothing that a worker wrote. " +
        "Find out who else writes there",
    );
  }
  if ("failed" in left) {
    throw new JobFailedError(job, { outcome: "discarded", ...left.failed });
  }
  if ("none" in left) {
    throw new ResultUnavailableError(
      job,
      left.none,
      `the job is done, and its result was not kept: ${left.why}`,
    );
  }
  const [output] = await deserializeArguments(left.args, left.meta);
  return output;
}

/** What a dead job failed with, as far as it left that, and it can be read here. */
export function failureIn(
  { id }: AwaitedJob,
  text: string | undefined,
): { readonly errorClass: string; readonly errorMessage: string } | undefined {
  const left = readOr(undefined, () =>
    text === undefined ? undefined : readLeft(decryptResult(id, text)),
  );
  return left !== undefined && "failed" in left ? left.failed : undefined;
}
