import type { RecordedValue } from "../job/record/recorded-steps.ts";
import { deserializeArguments, serializeArguments } from "../serialization/native-format.ts";
import { counted } from "../support/wording.ts";

/** How large a cursor or a result may be, as JSON. */
const MOST_BYTES = 65_536;
const AROUND = '{"json":}'.length;

/**
 * Writes a cursor or a result down as arguments are: records by reference, and so on.
 *
 * @param what For messages: `the cursor of step "rows" of ImportRows`.
 * @throws {SerializationError} if it cannot travel.
 * @throws {RangeError} if it is too large.
 */
export function writeValue(value: unknown, what: string): RecordedValue | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (isSmall(value)) {
    return { json: value };
  }
  const { args, meta } = serializeArguments([value], { className: what, isStep: true });
  const text = JSON.stringify({ json: args[0], meta });
  const bytes = Buffer.byteLength(text) - AROUND;
  if (bytes > MOST_BYTES) {
    throw new RangeError(
      `Cannot keep ${what}: it has ${counted(bytes)} bytes, and ${counted(MOST_BYTES)} is the most. ` +
        "Keep what is large elsewhere, and give a reference to it",
    );
  }
  // What is plain comes back as it is, and may be changed before it is written.
  return JSON.parse(text) as RecordedValue;
}

/**
 * @returns A promise only where there are records to look up.
 * @throws {DeserializationError} if a record that it refers to is gone.
 */
export function readValue(value: RecordedValue | undefined): unknown {
  if (value === undefined) {
    return undefined;
  }
  const read = deserializeArguments([value.json], value.meta);
  return read instanceof Promise ? read.then(([found]) => found) : read[0];
}

/** Most cursors are numbers, and written down for each row. */
function isSmall(value: unknown): boolean {
  return (
    (typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0)) ||
    typeof value === "boolean" ||
    value === null
  );
}
