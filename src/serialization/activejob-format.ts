import { ActiveJobReader } from "./activejob-reader.ts";
import { ActiveJobWriter } from "./activejob-writer.ts";
import type { ArgumentsContext } from "./arguments-context.ts";
import { withRecords } from "./located.ts";
import { findRows } from "./rows.ts";

/**
 * Turns a job's arguments into what Rails reads (Active Job 6.1 to 8.1). The JSON is to be written
 * by `stringifyNumbers`.
 *
 * Records of registered models become their global ids, Dates times in UTC, a bigint an Integer;
 * what `ruby` makes becomes what it says. An object at the end is keyword arguments; others are
 * hashes with strings for keys. What was read from Ruby goes back as it came. `undefined` is nil,
 * but left out at the end and as a property.
 *
 * @throws {SerializationError} if Ruby cannot be given a value, naming where it is.
 */
export function serializeForRuby(args: readonly unknown[], context: ArgumentsContext): unknown[] {
  const written = new ActiveJobWriter(context).write(args);
  findRows(args, context.onRow);
  return written;
}

/**
 * Turns what Active Job wrote back into arguments.
 *
 * Keyword arguments come as an object at the end. A symbol comes as its string, a module as its
 * name, a date as `"2024-02-29"`, a duration as seconds, a time as a Date; a big decimal and a
 * range as objects of their own.
 *
 * @param args Parsed by `JSON.parse`, or by `parseNumbers` where integers may be large or `exact`
 *   is asked for.
 * @param options `exact`: symbols, modules, dates and durations come as what `ruby` makes.
 * @returns A promise only where there are records to look up.
 * @throws {DeserializationError} as `deserializeArguments`.
 */
export function deserializeFromRuby(
  args: readonly unknown[],
  options: { readonly exact?: boolean } = {},
): Promise<unknown[]> | unknown[] {
  return withRecords(() => new ActiveJobReader(args, options));
}
