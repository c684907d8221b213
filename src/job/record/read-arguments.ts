import type { JobRecord } from "../../adapters/job-record.ts";
import { deserializeFromRuby } from "../../serialization/activejob-format.ts";
import { mayHaveLargeIntegers, parseNumbers, plainNumber } from "../../support/lossless-json.ts";
import { deserializeArguments } from "../../serialization/native-format.ts";
import { exactNumber } from "../../serialization/ruby-values.ts";
import { jobOptionsTrait } from "../declare/job-options.ts";
import { activeJobIn, isWrapper, mandateJob, withKeywordsLast } from "./active-job.ts";
import { decryptArguments } from "./encrypted-arguments.ts";
import { wireArguments, type Target } from "./target.ts";

/**
 * Finds a job's arguments, in whichever format they are.
 *
 * @param payload The record's text, where numbers are as Ruby wrote them.
 * @param target What gets them, where that is known: it may ask for Ruby's own values.
 * @returns A promise only where there are records to look up.
 * @throws {DeserializationError} if they cannot be read, or a record is not there.
 * @throws {EncryptionKeyMissingError | DecryptionError} if they are encrypted, and cannot be read
 *   here.
 */
export function readArguments(
  record: JobRecord,
  payload: string,
  target?: Target,
): Promise<unknown[]> | unknown[] {
  if (record.encrypted !== undefined) {
    const { record: plain, text } = decryptArguments(record);
    return readArguments(plain, text, target);
  }
  // Most jobs are commands that were deferred here: their numbers are JavaScript's.
  if (record.class === mandateJob || record.meta !== undefined) {
    return deserializeArguments(wireArguments(record), record.meta);
  }
  const exact =
    target !== undefined && jobOptionsTrait.of(target.declarations).rubyValues === "exact";
  const args = rubyArguments(record, payload, exact);
  if (activeJobIn(record) === undefined) {
    return deserializeArguments(args, undefined);
  }
  const count = target?.runnable["mandate.parameterCount"];
  return deserializeFromRuby(withKeywordsLast(args, count), { exact });
}

/** What Ruby may have written, as `wireArguments`, but with integers of any size. */
export function rubyArguments(record: JobRecord, payload: string, exact = false): unknown[] {
  const isExact = exact && isWrapper(record.class);
  return isExact || mayHaveLargeIntegers(payload)
    ? wireArguments(parseNumbers(payload, isExact ? exactNumber : plainNumber) as JobRecord)
    : wireArguments(record);
}
