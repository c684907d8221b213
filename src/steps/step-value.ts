import type { RecordedValue } from "../job/record/recorded-steps.ts";
import { deserializeFromRuby, serializeForRuby } from "../serialization/activejob-format.ts";
import { stringifyNumbers } from "../support/lossless-json.ts";
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
  assertSmall(Buffer.byteLength(text) - AROUND, what);
  // What is plain comes back as it is, and may be changed before it is written.
  return JSON.parse(text) as RecordedValue;
}

/** The same as Active Job writes it: for a cursor that Rails may go on from. */
export function writeForRuby(cursor: unknown, what: string): RecordedValue | undefined {
  if (cursor === undefined || isSmall(cursor)) {
    return cursor === undefined ? undefined : { ruby: cursor };
  }
  // With another value behind it, an object is no keywords.
  const [ruby] = serializeForRuby([cursor, null], { className: what, isStep: true });
  const text = stringifyNumbers(ruby);
  assertSmall(Buffer.byteLength(text), what);
  return { ruby: JSON.parse(text) as unknown };
}

/**
 * @returns A promise only where there are records to look up.
 * @throws {DeserializationError} if a record that it refers to is gone.
 */
export function readValue(value: RecordedValue | undefined): unknown {
  if (value === undefined) {
    return undefined;
  }
  const read =
    "ruby" in value
      ? deserializeFromRuby([value.ruby])
      : deserializeArguments([value.json], value.meta);
  return read instanceof Promise ? read.then(([found]) => found) : read[0];
}

function assertSmall(bytes: number, what: string): void {
  if (bytes > MOST_BYTES) {
    throw new RangeError(
      `Cannot keep ${what}: it has ${counted(bytes)} bytes, and ${counted(MOST_BYTES)} is the most. ` +
        "Keep what is large elsewhere, and give a reference to it",
    );
  }
}

/** Most cursors are numbers, and written down for each row. */
function isSmall(value: unknown): boolean {
  return (
    (typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0)) ||
    typeof value === "boolean" ||
    value === null
  );
}
