import vm from "node:vm";
import { describe, expect, it } from "vitest";
import {
  cut,
  cutInside,
  isError,
  isMarked,
  isThrown,
  shownThrown,
  thrownCause,
  thrownMessage,
  thrownName,
  thrownStack,
} from "../../src/support/thrown.ts";

const UNREADABLE = "!!! ERROR MESSAGE THREW AN ERROR !!!";

class BusyError extends Error {}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** An error whose property throws where it is read. */
function throwing(property: string): Error {
  return Object.defineProperty(new BusyError("broken"), property, {
    get() {
      throw new Error("of the getter");
    },
  });
}

function foreign(source: string): unknown {
  return vm.runInNewContext(source);
}

describe("what was thrown", () => {
  it.each<[() => unknown, string, string]>([
    [() => new BusyError("broken"), "BusyError", "broken"],
    [() => throwing("name"), "BusyError", "broken"],
    [() => throwing("message"), "BusyError", UNREADABLE],
    [() => throwing("constructor"), "Error", "broken"],
    [() => Object.freeze(new BusyError("broken")), "BusyError", "broken"],
    [() => Object.assign(new Error("broken"), { name: Symbol("name") }), "Error", "broken"],
    [() => Object.assign(new Error(), { message: { a: 1 } }), "Error", "[object Object]"],
    [() => Object.assign(new Error(), { message: undefined }), "Error", "undefined"],
    [() => Object.assign(new Error(), { message: Object.create(null) }), "Error", UNREADABLE],
    [() => new Proxy(new BusyError("broken"), {}), "BusyError", "broken"],
    [() => revoked(new Error("broken")), "object", UNREADABLE],
    [() => foreign("new TypeError('broken')"), "TypeError", "broken"],
    [() => foreign("class E extends Error {}; new E('broken')"), "E", "broken"],
    [() => Object.setPrototypeOf(new Error("broken"), null), "Error", "broken"],
    [() => undefined, "undefined", "undefined"],
    [() => null, "object", "null"],
    [() => "broken", "string", "broken"],
    [() => 7n, "bigint", "7"],
    [() => Symbol("a"), "symbol", "Symbol(a)"],
    [() => ({ code: 1 }), "object", "[object Object]"],
    [() => ({ message: "broken" }), "object", "broken"],
    [() => Object.create(null), "object", UNREADABLE],
    [() => ({ toString: () => 7 }), "object", "7"],
    [() => ({ toString: () => ({}) }), "object", UNREADABLE],
  ])("has a name and a message, whatever it is: %#", (make, name, message) => {
    expect(thrownName(make())).toBe(name);
    expect(thrownMessage(make())).toBe(message);
  });

  it("is not said at any length", () => {
    const error = Object.assign(new Error("x".repeat(1e6)), { name: "N".repeat(1e6) });
    error.stack = `${"x".repeat(1e6)}\n    at last`;

    expect(thrownName(error)).toHaveLength(500);
    expect(thrownMessage(error)).toBe(`${"x".repeat(10_000)}… (cut: there are 1000000 characters)`);
    expect(thrownStack(error)?.length).toBeLessThan(100_100);
    expect(thrownStack(error)).toMatch(
      /^x+… \(cut: there are 1000012 characters\)\nx+\n {4}at last$/,
    );
  });

  it("has a stack that can be read, or none", () => {
    expect(thrownStack(new Error("broken"))).toMatch(/^Error: broken\n {4}at /);
    expect(thrownStack(throwing("stack"))).toBeUndefined();
    expect(thrownStack(revoked(new Error("broken")))).toBeUndefined();
    expect(thrownStack({ stack: "of no error" })).toBeUndefined();
  });

  it("has a cause that can be read, or none", () => {
    const cause = new Error("first");

    expect(thrownCause(new Error("second", { cause }))).toBe(cause);
    expect(thrownCause(throwing("cause"))).toBeUndefined();
    expect(thrownCause(revoked({}))).toBeUndefined();
    expect(thrownCause("second")).toBeUndefined();
  });

  it("is shown in plain text", () => {
    expect(shownThrown(throwing("stack"))).toEqual({ name: "BusyError", message: "broken" });
    expect(shownThrown(new BusyError("broken"))).toMatchObject({ stack: expect.any(String) });
  });
});

describe("isThrown", () => {
  it("is instanceof, where that does not throw", () => {
    class Touchy {
      static [Symbol.hasInstance](): boolean {
        throw new Error("do not ask");
      }
    }

    expect(isThrown(new BusyError(), Error)).toBe(true);
    expect(isThrown(new BusyError(), TypeError)).toBe(false);
    expect(isThrown(revoked(new Error()), Error)).toBe(false);
    expect(isThrown(new Error(), Touchy)).toBe(false);
  });

  it("knows built-in errors of another realm, and no others", () => {
    class Named extends Error {
      static override readonly name = "TypeError";
    }
    const error = foreign("new TypeError('foreign')");

    expect(isThrown(error, TypeError)).toBe(true);
    expect(isThrown(error, Error)).toBe(true);
    expect(isThrown(error, RangeError)).toBe(false);
    expect(isThrown(error, Named)).toBe(false);
    expect(isThrown(foreign("class E extends RangeError {}; new E()"), RangeError)).toBe(true);
    expect(isThrown(new TypeError(), foreign("TypeError") as typeof TypeError)).toBe(true);
    expect(isThrown({ message: "foreign" }, Error)).toBe(false);
  });
});

describe("isError", () => {
  it("knows those of each realm", () => {
    expect(
      [new Error(), foreign("new Error()"), Object.create(Error.prototype)].map(isError),
    ).toEqual([true, true, true]);
    expect(["Error", {}, null, revoked(new Error())].map(isError)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("isMarked", () => {
  it("takes nothing for ours that only says yes to whatever it is asked", () => {
    const agreeable: unknown = new Proxy({}, { get: (): unknown => agreeable, has: () => true });

    expect(isMarked({ "mandate.mine": true }, "mandate.mine")).toBe(true);
    expect(isMarked(agreeable, "mandate.mine")).toBe(false);
    expect(isMarked(revoked({}), "mandate.mine")).toBe(false);
    expect(isMarked("mandate.mine", "mandate.mine")).toBe(false);
  });
});

describe("a text that is cut", () => {
  it("says so, and is not cut again", () => {
    const text = cut("a".repeat(20_000));
    const inside = cutInside(`${"a".repeat(20_000)}end`);

    expect(text).toBe(`${"a".repeat(10_000)}… (cut: there are 20000 characters)`);
    expect(cut(text)).toBe(text);
    expect(inside).toMatch(/^a{5000}… \(cut: there are 20003 characters\)\na{4997}end$/);
    expect(cutInside(inside)).toBe(inside);
    expect(cut("short")).toBe("short");
  });
});
