import type { JobRecord } from "../../adapters/job-record.ts";
import { deserializeFromRuby, serializeForRuby } from "../../serialization/activejob-format.ts";
import type { DeserializationError } from "../../serialization/deserialization-error.ts";
import { mayHaveLargeIntegers, parseNumbers, plainNumber } from "../../support/lossless-json.ts";
import { ConfigurationError } from "../../support/errors.ts";
import type { LogLevel } from "../../support/logger.ts";
import type { ContextAttributes } from "../surroundings/context-attributes.ts";
import { currentAttributes } from "../surroundings/attributes.ts";
import type { Attributes } from "../surroundings/surroundings.ts";
import { recordedAttributes } from "./recorded-attributes.ts";
import { settings } from "../settings/settings.ts";

/** Where Sidekiq has the attributes of the first class, the second, … that it persists. */
const keyOf = (index: number): string => (index === 0 ? "cattr" : `cattr_${index}`);

/**
 * Writes the caller's context attributes into a record, as Sidekiq's `CurrentAttributes` does: as
 * an object, whose values are as Active Job writes them. Every version reads that, if the values
 * are plain.
 *
 * @throws {SerializationError} if one cannot travel.
 * @see Sidekiq 8.1 `lib/sidekiq/middleware/current_attributes.rb`
 */
export function addContext(record: JobRecord): void {
  const sets = currentAttributes();
  if (sets === undefined) {
    return;
  }
  for (const [index, definition] of settings().contextAttributes.entries()) {
    const known = sets.get(definition);
    const json = known && (known.wire ?? written(definition, known.attributes));
    if (json !== undefined) {
      record[keyOf(index)] = json;
    }
  }
}

function written(
  { name: className, wireNames }: ContextAttributes<object>,
  attributes: Attributes,
): object | undefined {
  const names = Object.keys(attributes).filter((name) => attributes[name] !== undefined);
  if (names.length === 0) {
    return undefined;
  }
  const values = names.map((name) => attributes[name]);
  // With another argument behind them, an object at their end is no keywords.
  const json = serializeForRuby([...values, null], { className, attributeNames: names });
  return Object.fromEntries(names.map((name, index) => [wireNames[name] ?? name, json[index]]));
}

/** What restoring needs of a run. */
interface Restorable {
  readonly record: JobRecord;
  readonly fetched: { readonly payload: string };
  readonly className: string;
  log(level: LogLevel, fields: object, text: string): void;
}

/**
 * Fills the context of a job with the attributes in its record. One that cannot be had here is left
 * undefined: what was going on elsewhere is no reason not to do the work.
 *
 * @returns A promise only where there are records to look up; it rejects where they cannot be asked
 * for.
 */
export function restoreContext(run: Restorable): Promise<unknown> | undefined {
  const definitions = settings().contextAttributes;
  const sets = currentAttributes();
  if (definitions.length === 0 || sets === undefined) {
    return undefined;
  }
  const lookups: Promise<void>[] = [];
  for (const [index, definition] of definitions.entries()) {
    const recorded = run.record[keyOf(index)];
    if (typeof recorded === "object" && recorded !== null) {
      const wire = exact(run, keyOf(index)) ?? recorded;
      const attributes: Record<string, unknown> = {};
      sets.set(definition, wire === recorded ? { attributes, wire } : { attributes });
      for (const [key, json] of recordedAttributes(wire)) {
        const name = nameOf(definition, key);
        const lookup = readAttribute(json, {
          take: (value) => (attributes[name] = value),
          skip: (error, reason) => {
            const text = `Running ${run.className} without ${name} of ${definition.name}: ${reason}`;
            run.log("warn", { err: error }, text);
          },
        });
        if (lookup !== undefined) lookups.push(lookup);
      }
    }
  }
  return lookups.length === 0 ? undefined : Promise.all(lookups);
}

/** The field with Ruby's large integers in it, where there may be some. */
function exact({ fetched: { payload } }: Restorable, key: string): object | undefined {
  return mayHaveLargeIntegers(payload)
    ? ((parseNumbers(payload, plainNumber) as JobRecord)[key] as object)
    : undefined;
}

function nameOf({ wireNames }: ContextAttributes<object>, key: string): string {
  return Object.keys(wireNames).find((name) => wireNames[name] === key) ?? key;
}

interface Ending {
  readonly take: (value: unknown) => void;
  readonly skip: (error: unknown, reason: string) => void;
}

/**
 * @returns A promise where a record is to be looked up; it rejects where another attempt may go
 * better.
 */
function readAttribute(json: unknown, { take, skip }: Ending): Promise<void> | undefined {
  if (typeof json !== "object" || json === null) {
    take(json);
    return undefined;
  }
  try {
    const read = deserializeFromRuby([json]);
    if (read instanceof Promise) {
      return read.then(
        ([value]) => take(value),
        (error: unknown) => skip(error, reasonToSkip(error)),
      );
    }
    take(read[0]);
  } catch (error) {
    skip(error, UNREADABLE);
  }
  return undefined;
}

const UNREADABLE = "it cannot be read here";

/** @throws the error, where it is none. */
function reasonToSkip(error: unknown): string {
  const { missing, path, cause } = error as DeserializationError;
  if (missing.length > 0) return "its record is not there";
  if (path !== undefined || cause instanceof ConfigurationError) return UNREADABLE;
  throw error;
}
