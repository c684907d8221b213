import vm from "node:vm";
import fc from "fast-check";

/** One string for all: ten megabytes each would not fit. */
const LONG = "m".repeat(10_000_000);
/** Other realms cost a while to make. */
const realm = vm.createContext({});

const text = fc.oneof(
  { weight: 40, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: fc.constant(LONG) },
);

const primitive: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, NaN, true, false),
  fc.integer({ max: 0 }),
  fc.bigInt(),
  text,
  fc.string().map((name) => Symbol(name)),
);

const plain: fc.Arbitrary<unknown> = fc.oneof(
  fc.dictionary(fc.string(), fc.integer()),
  fc.array(fc.integer()),
  fc.func(fc.integer()),
  text.map((message) => ({ message, name: "Plain" })),
  fc.constant(class Thrown {}),
);

const ownError: fc.Arbitrary<unknown> = fc
  .tuple(text, fc.constantFrom(Error, TypeError, RangeError, class OddError extends Error {}))
  .map(([message, ErrorClass]) => new ErrorClass(message));

const foreignError: fc.Arbitrary<unknown> = fc
  .constantFrom("Error", "TypeError", "(class E extends SyntaxError {})")
  .map((name) => vm.runInContext(`new ${name}("of another realm")`, realm) as unknown);

const READ = [
  "name",
  "message",
  "stack",
  "cause",
  "constructor",
  "code",
  "errors",
  "then",
  "toString",
  "toJSON",
  "mandate.aborted",
  "mandate.requeued",
  Symbol.toPrimitive,
  Symbol.toStringTag,
] as const;

type Layer = (value: object) => unknown;

const layer: fc.Arbitrary<Layer> = fc.oneof(
  fc.constantFrom<Layer>(
    (value) => Object.freeze(value),
    (value) => Object.setPrototypeOf(value, null) as unknown,
    (value) => new Proxy(value, {}),
    (value) => revoked(value),
    (value) => new Proxy(value, THROWING),
    (value) => new Proxy(value, { get: () => true, has: () => true }),
    (value) => agreeable(value),
    (value) => Object.assign(value, { cause: value }),
    (value) => Object.defineProperty(value, "cause", { get: () => endless() }),
    (value) => new Error("around", { cause: value }),
    (value) => new AggregateError([value, revoked(value)], "around"),
    (value) => Object.create(value) as unknown,
  ),
  fc.constantFrom(...READ).map(
    (key): Layer =>
      (value) =>
        Object.defineProperty(value, key, { get: fail }),
  ),
  fc.tuple(fc.constantFrom(...READ.slice(0, 6)), primitive).map(
    ([key, found]): Layer =>
      (value) =>
        Object.defineProperty(value, key, { value: found }),
  ),
);

/** What nobody expects to be thrown; fast-check itself would read it. */
const oddity: fc.Arbitrary<() => unknown> = fc
  .tuple(
    fc.oneof(
      { weight: 2, arbitrary: primitive },
      { weight: 2, arbitrary: plain },
      { weight: 5, arbitrary: ownError },
      { weight: 1, arbitrary: foreignError },
    ),
    fc.array(layer, { maxLength: 3 }),
  )
  .map(
    ([value, layers]) =>
      () =>
        layers.reduce(wrapped, value),
  );

/** So many of them, always the same ones. */
export function oddities(count: number): readonly unknown[] {
  return fc.sample(oddity, { numRuns: count, seed: 20_261_128 }).map((make) => make());
}

/** Some layers do not go over others: over a revoked proxy, or what is frozen. */
function wrapped(value: unknown, around: Layer): unknown {
  try {
    return (typeof value === "object" && value !== null) || typeof value === "function"
      ? around(value)
      : value;
  } catch {
    return value;
  }
}

function fail(): never {
  throw new Error("do not touch");
}

const THROWING: ProxyHandler<object> = {
  get: fail,
  has: fail,
  getPrototypeOf: fail,
  ownKeys: fail,
  getOwnPropertyDescriptor: fail,
};

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function agreeable(target: object): unknown {
  const proxy: unknown = new Proxy(target, { get: (): unknown => proxy, has: () => true });
  return proxy;
}

function endless(): Error {
  return Object.defineProperty(new Error("because"), "cause", { get: endless });
}
