import { isDeepStrictEqual } from "node:util";
import { serializeArguments } from "../serialization/native-format.ts";
import type { JobHandle } from "../job/handle/job-handle.ts";
import { readArguments } from "../job/record/read-arguments.ts";
import { isPlainObject } from "../support/realms.ts";
import { isAsymmetricMatcher, type AsymmetricMatcher } from "./asymmetric-matcher.ts";
import { withReferences } from "./recorded-job.ts";

type Row = Record<string, unknown>;

/**
 * Arguments as an assertion expects them. They take the way that a job's arguments take, to JSON
 * and back, so that what travels alike is equal: a record and another copy of it, a `Date` and the
 * same time.
 */
export class ArgumentsPattern {
  readonly #args: readonly unknown[];
  /** What stands for a matcher while it travels: a text that is no other. */
  readonly #texts = new Map<unknown, string>();
  readonly #matchers = new Map<unknown, AsymmetricMatcher>();

  /** @throws {SerializationError} if an argument can never have been deferred. */
  constructor(args: readonly unknown[], className: string) {
    const sent = serializeArguments(this.#withTexts(args), { className });
    const json = JSON.parse(JSON.stringify(sent)) as typeof sent;
    this.#args = trimmed(withReferences(json.args, json.meta));
  }

  /** The arguments as they are compared, for a difference to show. */
  get shown(): readonly unknown[] {
    return replaced(this.#args, (value) => this.#matchers.get(value)) as unknown[];
  }

  /** @param prefix What stands before the job's own arguments: a command's name, or nothing. */
  async matches(job: JobHandle, prefix: readonly unknown[] = []): Promise<boolean> {
    const actual = trimmed([...prefix, ...job.arguments]);
    if (this.#matchers.size === 0) return isDeepStrictEqual(actual, this.#args);
    const located = [...prefix, ...(await locatedArguments(job))];
    return this.#matchesValue(this.#args, actual, located, new Map());
  }

  /**
   * @param located The actual value with its records looked up, which is what matchers are asked
   *   about.
   */
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

  #withTexts(args: readonly unknown[]): unknown[] {
    return replaced(args, (value) => {
      if (isAsymmetricMatcher(value) && !this.#texts.has(value)) {
        const text = `\0matcher ${this.#texts.size}`;
        this.#texts.set(value, text);
        this.#matchers.set(text, value);
      }
      return this.#texts.get(value);
    }) as unknown[];
  }
}

/** A job's arguments with their records, or as they are where those cannot be looked up. */
async function locatedArguments(job: JobHandle): Promise<readonly unknown[]> {
  try {
    return await readArguments(job.record, "");
  } catch {
    return job.arguments;
  }
}

/**
 * Optional arguments that were left out, and those that were given as `undefined`, are the same.
 */
function trimmed(args: readonly unknown[]): readonly unknown[] {
  const end = args.findLastIndex((value) => value !== undefined);
  return args.slice(0, end + 1);
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && isPlainObject(value);
}

/**
 * A copy of arrays and plain objects, circles included, with some values replaced. What has none of
 * these in it stays itself: a row that is known as a record is no record when it is copied.
 *
 * @param replacement `undefined` for a value that stays.
 */
function replaced(root: unknown, replacement: (value: unknown) => unknown): unknown {
  const copies = new Map<unknown, unknown>();
  return copy(root);

  function copy(value: unknown): unknown {
    if (copies.has(value)) return copies.get(value);
    if (!hasReplaced(value, new Set())) return value;
    const instead = replacement(value);
    if (instead !== undefined) return instead;
    const made: Row = Array.isArray(value) ? ([] as unknown as Row) : {};
    copies.set(value, made);
    for (const [key, inner] of Object.entries(value as Row)) made[key] = copy(inner);
    return made;
  }

  function hasReplaced(value: unknown, seen: Set<unknown>): boolean {
    if (replacement(value) !== undefined) return true;
    if (!(Array.isArray(value) || isRow(value)) || seen.has(value)) return false;
    seen.add(value);
    return Object.values(value).some((inner) => hasReplaced(inner, seen));
  }
}
