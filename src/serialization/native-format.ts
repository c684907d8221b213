import { locateEach } from "../globalid/locate.ts";
import { DeserializationError, missingRecords, unreadable } from "./deserialization-error.ts";
import type { Meta } from "./meta.ts";
import { NativeReader } from "./native-reader.ts";
import { type ArgumentsContext, NativeWriter } from "./native-writer.ts";
import { isPlainJson, pathToProto } from "./plain-json.ts";

/**
 * Turns a job's arguments into JSON, and into what `meta` has to say of it.
 *
 * Arguments that are plain JSON already are handed back as they are, neither copied nor annotated.
 * Records of registered models become their global ids. What else JSON does not have is superjson's:
 * Date, Map, Set, bigint, undefined, NaN, the infinities, -0, RegExp, URL, Error, typed arrays, and
 * what is registered with its default instance. Cycles and objects that occur twice stay such.
 *
 * As in JSON, these are left behind without a word: properties that are not enumerable or have a
 * symbol for a key, properties of arrays other than their items, an object's null prototype. A getter
 * travels as its value, a hole in an array as undefined, an Error as its name, message and cause.
 *
 * @throws {SerializationError} if something cannot travel, naming where it is.
 */
export function serializeArguments(
  args: readonly unknown[],
  context: ArgumentsContext,
): { args: unknown[]; meta?: Meta } {
  if (isPlainJson(args)) return { args: args as unknown[] };
  return new NativeWriter(context).write(args);
}

/**
 * Turns what `serializeArguments` returned, by way of JSON, back into arguments.
 *
 * Records are looked up afresh, with one query per model; the same global id gives the same object.
 * Nothing given is changed, but what needed no conversion is handed on as it is, not copied.
 *
 * @returns A promise only where there are records to look up.
 * @throws {DeserializationError} if a record is not there or cannot be looked up, or if what is given
 *   is not what `serializeArguments` returns; a promise rejects with it.
 */
export function deserializeArguments(
  args: unknown[],
  meta: Meta | undefined,
): Promise<unknown[]> | unknown[] {
  return reading(() => {
    if (!Array.isArray(args)) throw unreadable("", "there is no list");
    const hostile = pathToProto(args);
    if (hostile !== undefined) {
      throw unreadable(
        hostile,
        "a property of that name can only be there to do harm. Delete the job",
      );
    }
    if (meta === undefined) return args;
    const reader = new NativeReader(args, meta);
    return reader.gids.length === 0 ? reader.read([]) : readWithRecords(reader);
  });
}

async function readWithRecords(reader: NativeReader): Promise<unknown[]> {
  const { gids } = reader;
  let records: unknown[];
  try {
    records = await locateEach(gids);
  } catch (cause) {
    throw new DeserializationError(
      `Cannot read the arguments: looking up the records that they refer to failed: ${messageOf(cause)}`,
      { cause },
    );
  }
  const [missing, ...more] = gids.filter((_, index) => records[index] === undefined);
  if (missing !== undefined) throw missingRecords([missing, ...more]);
  return reading(() => reader.read(records));
}

function reading<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof DeserializationError) throw cause;
    // Such as an overflow of the stack, where what is stored is nested without end.
    throw new DeserializationError(
      `Cannot read the arguments: ${messageOf(cause)}. Delete the job, or enqueue it anew`,
      { cause },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
