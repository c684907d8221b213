import { unreadable } from "./deserialization-error.ts";
import { type ArgumentsReader, reading, withRecords } from "./located.ts";
import type { Meta } from "./meta.ts";
import { NativeReader } from "./native-reader.ts";
import type { ArgumentsContext } from "./arguments-context.ts";
import { NativeWriter } from "./native-writer.ts";
import { isPlainJson, pathToProto, SeenObjects } from "./plain-json.ts";
import { findRows } from "./rows.ts";

/**
 * Turns a job's arguments into JSON, and into what `meta` has to say of it.
 *
 * Arguments that are plain JSON already are handed back as they are, neither copied nor annotated.
 * Records of registered models become their global ids. What else JSON does not have is written as
 * superjson does: Date, Map, Set, bigint, undefined, NaN, the infinities, -0, RegExp, URL, typed
 * arrays, and what is registered with its default instance. They are the same in every realm.
 * Cycles and objects that occur twice stay such. An error keeps its class, where that is
 * JavaScript's own or registered, and all that it has but its stack.
 *
 * What would be lost is refused: holes in arrays, properties of arrays beside their items, and
 * those that a built-in object was given. As in JSON, these alone are left behind without a word:
 * properties that are not enumerable or have a symbol for a key, and an object's null prototype. A
 * getter travels as its value.
 *
 * @throws {SerializationError} if something cannot travel, naming where it is.
 */
export function serializeArguments(
  args: readonly unknown[],
  context: ArgumentsContext,
): { args: unknown[]; meta?: Meta } {
  const objects = new SeenObjects();
  if (isPlainJson(args, objects)) {
    if (objects.haveIds) findRows(args, context.onRow);
    return { args: args as unknown[] };
  }
  const written = new NativeWriter(context).write(args);
  findRows(args, context.onRow);
  return written;
}

/**
 * Turns what `serializeArguments` returned, by way of JSON, back into arguments.
 *
 * Records are looked up afresh, with one query per model; the same global id gives the same object.
 * Nothing given is changed, but what needed no conversion is handed on as it is, not copied.
 *
 * @returns A promise only where there are records to look up.
 * @throws {DeserializationError} if a record is not there or cannot be looked up, or if what is
 *   given is not what `serializeArguments` returns; a promise rejects with it.
 */
export function deserializeArguments(
  args: unknown[],
  meta: Meta | undefined,
): Promise<unknown[]> | unknown[] {
  if (meta === undefined) {
    return reading(() => checked(args));
  }
  return withRecords((): ArgumentsReader => new NativeReader(checked(args), meta));
}

function checked(args: unknown[]): unknown[] {
  if (!Array.isArray(args)) throw unreadable("", "there is no list");
  const hostile = pathToProto(args);
  if (hostile !== undefined) {
    throw unreadable(
      hostile,
      "a property of that name can only be there to do harm. Delete the job",
    );
  }
  return args;
}
