interface Options {
  /** Classes whose instances are the same where their `id` is: records, which are looked up anew. */
  readonly records?: readonly (new (...args: never[]) => { readonly id?: unknown })[];
  /** Whether keys may stand in another order. */
  readonly anyKeyOrder?: boolean;
}

/**
 * Where two values differ, by more than the identity of their objects: the same types with the same
 * content in the same order, and what is one object in one is one object in the other.
 *
 * @returns The way to the first difference, or `undefined` where there is none.
 */
export function firstDifference(
  left: unknown,
  right: unknown,
  options: Options = {},
): string | undefined {
  return new Comparison(options).differenceAt("", left, right);
}

class Comparison {
  readonly #options: Options;
  readonly #rightOf = new Map<object, object>();
  readonly #leftOf = new Map<object, object>();

  constructor(options: Options) {
    this.#options = options;
  }

  differenceAt(path: string, left: unknown, right: unknown): string | undefined {
    if (!isObject(left) || !isObject(right))
      return Object.is(left, right) ? undefined : `${path}: value`;
    if (this.#rightOf.has(left) || this.#leftOf.has(right)) {
      return this.#rightOf.get(left) === right ? undefined : `${path}: identity`;
    }
    this.#rightOf.set(left, right);
    this.#leftOf.set(right, left);
    if (prototypeOf(left) !== prototypeOf(right)) return `${path}: class`;
    const isRecord = this.#options.records?.some((type) => left instanceof type);
    if (isRecord) return this.differenceAt(`${path}.id`, idOf(left), idOf(right));
    const [leftParts, rightParts] = [this.#parts(left), this.#parts(right)];
    if (leftParts.length !== rightParts.length) return `${path}: size`;
    for (const [index, [leftKey, leftValue]] of leftParts.entries()) {
      const [rightKey, rightValue] = rightParts[index]!;
      const difference =
        this.differenceAt(`${path}{key ${index}}`, leftKey, rightKey) ??
        this.differenceAt(`${path}{value ${index}}`, leftValue, rightValue);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }

  #parts(value: object): (readonly [unknown, unknown])[] {
    if (value instanceof Date) return [["time", value.getTime()]];
    if (value instanceof RegExp || value instanceof URL) return [["text", String(value)]];
    if (value instanceof Map) return [...value];
    if (value instanceof Set) return [...value].map((item, index) => [index, item]);
    if (value instanceof Error) {
      const cause = Object.hasOwn(value, "cause") ? [["cause", value.cause] as const] : [];
      return [["name", value.name], ["message", value.message], ...cause];
    }
    if (Array.isArray(value) || ArrayBuffer.isView(value))
      return [...Array.from(value as unknown[]).entries()];
    const entries = Object.entries(value);
    return this.#options.anyKeyOrder
      ? entries.sort(([one], [other]) => (one < other ? -1 : 1))
      : entries;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function prototypeOf(value: object): unknown {
  // JSON has no null prototypes.
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

function idOf(record: object): unknown {
  return (record as { id?: unknown }).id;
}
