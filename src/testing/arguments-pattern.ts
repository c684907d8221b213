import { isDeepStrictEqual } from "node:util";
import { deserializeArguments, serializeArguments } from "../serialization/native-format.ts";
import type { JobHandle } from "../job/job-handle.ts";
import { isAsymmetricMatcher, type AsymmetricMatcher } from "./asymmetric-matcher.ts";
import { wireArguments, withReferences } from "./recorded-job.ts";

type Row = Record<string, unknown>;

/**
 * Arguments as an assertion expects them. They take the way that a job's arguments take, to JSON and back,
 * so that what travels alike is equal: a record and another copy of it, a `Date` and the same time.
 */
export class ArgumentsPattern {
  readonly #args: readonly unknown[];
  /** What stood where a text stands now that is no other. */
  readonly #matchers = new Map<unknown, AsymmetricMatcher>();

  /** @throws {SerializationError} if an argument can never have been deferred. */
  constructor(args: readonly unknown[], className: string) {
    const sent = serializeArguments(this.#withoutMatchers(args), { className });
    const json = JSON.parse(JSON.stringify(sent)) as typeof sent;
    this.#args = trimmed(withReferences(json.args, json.meta));
  }

  /** The arguments as they are compared, for a difference to show. */
  get shown(): readonly unknown[] {
    return this.#withMatchers(this.#args) as unknown[];
  }

  /** @param prefix What stands before the job's own arguments: a command's name, or nothing. */
  async matches(job: JobHandle, prefix: readonly unknown[] = []): Promise<boolean> {
    const actual = trimmed([...prefix, ...job.arguments]);
    if (this.#matchers.size === 0) return isDeepStrictEqual(actual, this.#args);
    const located = [...prefix, ...(await locatedArguments(job))];
    return this.#matchesValue(this.#args, actual, located, new Map());
  }

  /** @param located The actual value with its records looked up, which is what matchers are asked about. */
  #matchesValue(
    expected: unknown,
    actual: unknown,
    located: unknown,
    compared: Map<unknown, unknown>,
  ): boolean {
    const matcher = this.#matchers.get(expected);
    if (matcher !== undefined) return matcher.asymmetricMatch(located);
    const isContainer =
      (Array.isArray(expected) && Array.isArray(actual)) || (isRow(expected) && isRow(actual));
    if (!isContainer) return isDeepStrictEqual(actual, expected);
    if (compared.get(expected) === actual) return true;
    compared.set(expected, actual);
    const [wanted, found, records] = [expected as Row, actual as Row, located as Row];
    const keys = Object.keys(wanted);
    return (
      keys.length === Object.keys(found).length &&
      keys.every(
        (key) =>
          Object.hasOwn(found, key) &&
          this.#matchesValue(wanted[key], found[key], records[key], compared),
      )
    );
  }

  /** Arrays and plain objects with a matcher in them are copied; what has none stays what it is. */
  #withoutMatchers<Value>(value: Value, above: readonly unknown[] = []): Value {
    if (isAsymmetricMatcher(value)) {
      const text = `\0matcher ${this.#matchers.size}`;
      this.#matchers.set(text, value);
      return text as Value;
    }
    if (!(Array.isArray(value) || isRow(value)) || above.includes(value)) return value;
    return mapped(value, (inner) => this.#withoutMatchers(inner, [...above, value]));
  }

  #withMatchers(value: unknown, above: readonly unknown[] = []): unknown {
    const matcher = this.#matchers.get(value);
    if (matcher !== undefined) return matcher;
    if (!(Array.isArray(value) || isRow(value)) || above.includes(value)) return value;
    return mapped(value, (inner) => this.#withMatchers(inner, [...above, value]));
  }
}

/** A job's arguments with their records, or as they are where those cannot be looked up. */
async function locatedArguments(job: JobHandle): Promise<readonly unknown[]> {
  try {
    return await deserializeArguments(wireArguments(job.record), job.record.meta);
  } catch {
    return job.arguments;
  }
}

/** Optional arguments that were left out, and those that were given as `undefined`, are the same. */
function trimmed(args: readonly unknown[]): readonly unknown[] {
  const end = args.findLastIndex((value) => value !== undefined);
  return args.slice(0, end + 1);
}

function isRow(value: unknown): value is Row {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The value itself where nothing in it changes: a row that is known as a record must stay the same. */
function mapped<Value>(value: Value, change: (inner: unknown) => unknown): Value {
  if (Array.isArray(value)) {
    const changed = value.map(change);
    return changed.some((inner, index) => inner !== value[index]) ? (changed as Value) : value;
  }
  const entries = Object.entries(value as Row);
  const changed = entries.map(([key, inner]) => [key, change(inner)] as const);
  return changed.some(([, inner], index) => inner !== entries[index]?.[1])
    ? (Object.fromEntries(changed) as Value)
    : value;
}
