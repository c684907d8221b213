import { runInNewContext } from "node:vm";
import { isDeepStrictEqual, types } from "node:util";
import superjson from "superjson";
import { describe, expect, it } from "vitest";
import type { Meta } from "../../src/serialization/meta.ts";
import { deserializeArguments, serializeArguments } from "../../src/serialization/native-format.ts";

class PaymentError extends Error {
  readonly order: unknown;

  constructor(message: string, options: ErrorOptions & { readonly order: unknown }) {
    super(message, options);
    this.name = "PaymentError";
    this.order = options.order;
  }
}
class BatchError extends AggregateError {
  static {
    Object.defineProperty(this.prototype, "name", { value: "BatchError" });
  }
}
class QuietError extends Error {
  readonly secret = "secret";
}
superjson.registerClass(PaymentError, "PaymentError");
superjson.registerClass(BatchError, "BatchError");
superjson.registerClass(QuietError, { identifier: "QuietError", allowProps: ["message"] });

describe("errors", () => {
  it.each<[string, Error]>([
    ["without a message", new Error()],
    ["with a code", Object.assign(new Error("x"), { code: "ENOENT", at: new Date(5) })],
    ["of the system", systemError()],
    ["with a cause", new TypeError("x", { cause: new RangeError("y", { cause: 1n }) })],
    ["with undefined for a cause", new Error("x", { cause: undefined })],
    ["with a cause that was assigned", Object.assign(new Error("x"), { cause: "late" })],
    ["of several", new AggregateError([1, new SyntaxError("y")], "all")],
    ["that only has errors", Object.assign(new Error("x"), { errors: [1] })],
    ["with another name", Object.assign(new Error("x"), { name: "ValidationError" })],
    ["with the name of another class", Object.assign(new Error("x"), { name: "TypeError" })],
    ["of a class, with another name", Object.assign(new TypeError("x"), { name: "Custom" })],
    ["with a name that is hidden", hidden(new TypeError("x"), "name", "Custom")],
    ["with a name that is none", Object.assign(new TypeError("x"), { name: undefined })],
    ["with a message that is none", Object.assign(new Error("x"), { message: 1n })],
    ["of a registered class", new PaymentError("x", { order: new Map([[1, 2]]), cause: 5n })],
    ["of a registered class of several", new BatchError([new Error("y")], "x")],
  ])("arrive as they were: %s", async (_, error) => {
    const [read] = (await roundTrip([error])) as [Error];

    expect(read).toBeInstanceOf(Error);
    expect(types.isNativeError(read)).toBe(true);
    expect(isDeepStrictEqual(read, error)).toBe(true);
    expect(Object.getPrototypeOf(read)).toBe(Object.getPrototypeOf(error));
    expect([read.name, read.message]).toEqual([error.name, error.message]);
    expect(Object.getOwnPropertyNames(read)).toEqual(expect.arrayContaining(shown(error)));
    expect(read.stack).toBe(String(error));
  });

  it("arrive as they were inside of each other, in circles too", async () => {
    const error = new AggregateError([], "all");
    error.errors.push(new TypeError("x", { cause: error }));

    const [read] = (await roundTrip([error])) as [AggregateError];

    const [inner] = read.errors as [TypeError];
    expect(inner).toBeInstanceOf(TypeError);
    expect(inner.cause).toBe(read);
  });

  it("arrive as what they say where they are Node's own", async () => {
    const [read] = (await roundTrip([nodeError()])) as [TypeError];

    expect(Object.getPrototypeOf(read)).toBe(TypeError.prototype);
    expect(read).toMatchObject({ code: "ERR_INVALID_ARG_TYPE", message: nodeError().message });
  });

  it("arrive as DOMExceptions where they are some", async () => {
    const [read] = (await roundTrip([new DOMException("gone", "AbortError")])) as [DOMException];

    expect(read).toBeInstanceOf(DOMException);
    expect(read).toMatchObject({ name: "AbortError", message: "gone", code: 20 });
  });

  it("have of a registered class what superjson is told to keep", async () => {
    const [read] = (await roundTrip([new QuietError("x")])) as [QuietError];

    expect(read).toBeInstanceOf(QuietError);
    expect(read.message).toBe("x");
    expect(Object.hasOwn(read, "secret")).toBe(false);
  });

  it.each([
    ["an unregistered class", new (class HttpError extends Error {})("secret"), "HttpError"],
    [
      "an unregistered class of another realm",
      foreign("class HttpError extends Error {}"),
      "HttpError",
    ],
    ["another realm's own TypeError", foreign("class TypeError extends Error {}"), "TypeError"],
  ])("are refused where they are of %s", (_, error, name) => {
    expect(() => serialize([{ errors: [error] }])).toThrow(
      `argument 1 of Greet, at .errors[0]: an error of the class ${name} cannot be deferred. Register the class with ` +
        "superjson.registerClass, where jobs run, too; or pass new Error(error.message), or what the job needs of it as a plain object",
    );
  });

  it("are refused where a property of them cannot travel", () => {
    const error = new Error("x", { cause: Object.assign(new Error("y"), { request: () => {} }) });

    expect(() => serialize([error])).toThrow(
      "argument 1 of Greet, at .cause.request: a function cannot be deferred. Pass the data that the job works on",
    );
  });

  it("are written so that an older reader and superjson can read them", () => {
    const error = Object.assign(new TypeError("x"), { code: "E" });

    const { args, meta } = serialize([error, Object.assign(new Error("y"), { name: "Mine" })]);

    expect(args).toEqual([
      { name: "TypeError", message: "x", code: "E" },
      { name: "Mine", message: "y" },
    ]);
    expect(meta).toEqual({
      values: { 0: ["Error"], 1: ["Error"] },
      errors: { 1: ["Error", "name"] },
      v: 1,
    });
    expect(superjson.deserialize({ json: args, meta } as never)).toMatchObject([
      { name: "TypeError", message: "x" },
      { name: "Mine", message: "y" },
    ]);
  });

  it("are read as an older version wrote them", () => {
    const meta = { values: { 0: ["Error"], 1: ["Error"] }, v: 1 } as unknown as Meta;
    const args = [
      { name: "RangeError", message: "x" },
      { name: "Mine", message: "y" },
    ];

    const read = deserializeArguments(args, meta) as [Error, Error];

    expect(read[0]).toBeInstanceOf(RangeError);
    expect(read[1]).toMatchObject({ name: "Mine", message: "y", stack: "Mine: y" });
  });

  it.each(['{"errors":[]}', '{"errors":{"0":"Error"}}', '{"errors":{"0":[1]}}'])(
    "are not read with %s as meta",
    (meta) => {
      expect(() => deserializeArguments([1], JSON.parse(meta) as Meta)).toThrow(
        'Cannot read the arguments: the "meta" beside them is not what defer writes. Delete the job, or enqueue it anew',
      );
    },
  );
});

/** What of an error must be there on its own. */
function shown(error: Error): string[] {
  return Object.keys(error).concat(Object.hasOwn(error, "cause") ? ["cause"] : []);
}

function hidden(error: Error, name: string, value: unknown): Error {
  return Object.defineProperty(error, name, { value, writable: true, configurable: true });
}

function systemError(): Error {
  const error = new Error("ENOENT: no such file");
  return Object.assign(error, { errno: -2, code: "ENOENT", syscall: "open", path: "/missing" });
}

function nodeError(): Error {
  try {
    Buffer.from(5 as never);
  } catch (error) {
    return error as Error;
  }
  return new Error("unexpected");
}

function foreign(definition: string): unknown {
  return runInNewContext(`${definition}; new ${/class (\w+)/.exec(definition)?.[1]}("secret")`);
}

function serialize(args: readonly unknown[]) {
  return serializeArguments(args, { className: "Greet" });
}

async function roundTrip(args: readonly unknown[]): Promise<unknown[]> {
  const { args: json, meta } = JSON.parse(JSON.stringify(serialize(args))) as ReturnType<
    typeof serialize
  >;
  return deserializeArguments(json, meta);
}
