import type { GlobalID } from "../globalid/global-id.ts";
import { locateEach } from "../globalid/locate.ts";
import { isThrown, thrownMessage } from "../support/thrown.ts";
import {
  DeserializationError,
  missingRecords,
  RecordLookupError,
} from "./deserialization-error.ts";

/** What reads arguments once the records that they refer to are there. */
export interface ArgumentsReader {
  readonly gids: readonly GlobalID[];
  read(records: readonly unknown[]): unknown[];
}

/**
 * Reads arguments, with one query per model where they refer to records.
 *
 * @returns A promise only where they do.
 * @throws {DeserializationError} if one is not there or cannot be looked up, or if `open` or the
 *   reader throws.
 */
export function withRecords(open: () => ArgumentsReader): Promise<unknown[]> | unknown[] {
  return reading(() => {
    const reader = open();
    return reader.gids.length === 0 ? reader.read([]) : readLocated(reader);
  });
}

async function readLocated(reader: ArgumentsReader): Promise<unknown[]> {
  const { gids } = reader;
  let records: unknown[];
  try {
    records = await locateEach(gids);
  } catch (cause) {
    throw new RecordLookupError(
      `Cannot read the arguments: looking up the records that they refer to failed: ${thrownMessage(cause)}`,
      { cause },
    );
  }
  const [missing, ...more] = gids.filter((_, index) => records[index] === undefined);
  if (missing !== undefined) throw missingRecords([missing, ...more]);
  return reading(() => reader.read(records));
}

export function reading<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    if (isThrown(cause, DeserializationError)) throw cause;
    // Such as an overflow of the stack, where what is stored is nested without end.
    throw new DeserializationError(
      `Cannot read the arguments: ${thrownMessage(cause)}. Delete the job, or enqueue it anew`,
      { cause },
    );
  }
}
