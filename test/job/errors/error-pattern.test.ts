import { runInNewContext } from "node:vm";
import type { ErrorPattern } from "mandate";
import { describe, expect, it } from "vitest";
import { readPattern } from "../../../src/job/errors/error-pattern.ts";

class BusyError extends Error {
  readonly code = "E_BUSY";
  readonly response = { status: 429, headers: { server: "nginx/1.2" } };
}

function matches(pattern: ErrorPattern, error: unknown): boolean {
  return readPattern(pattern, "retryOn of Example")(error);
}

describe("a pattern", () => {
  const busy = new BusyError("The server is busy");

  it.each<[ErrorPattern, boolean]>([
    [{ code: "E_BUSY" }, true],
    [{ code: "E_BUS" }, false],
    [{ code: ["E_GONE", "E_BUSY"] }, true],
    [{ code: ["E_GONE", /^E_B/] }, true],
    [{ code: ["E_GONE", "E_LOST"] }, false],
    [{ message: /busy/ }, true],
    [{ message: /BUSY$/i }, true],
    [{ message: /idle/ }, false],
    [{ message: "The server is busy" }, true],
    [{ name: "BusyError" }, true],
    [{ name: "Error" }, true],
    [{ name: "GoneError" }, false],
    [{ code: "E_BUSY", message: /busy/ }, true],
    [{ code: "E_BUSY", message: /idle/ }, false],
    [{ response: { status: 429 } }, true],
    [{ response: { status: [503, 429] } }, true],
    [{ response: { status: /^4/ } }, true],
    [{ response: { status: "429" } }, false],
    [{ response: { headers: { server: /^nginx/ } } }, true],
    [{ response: [{ status: 1 }, { status: 429 }] }, true],
    [{ status: 429 }, false],
    [{ status: /undefined/ }, false],
  ])("%j is for an error that has all of it: %s", (pattern, expected) => {
    expect(matches(pattern, busy)).toBe(expected);
  });

  it("says the same each time, whatever flags its expressions have", () => {
    const test = readPattern({ message: /s/gy }, "retryOn of Example");
    const global = readPattern({ message: /busy/g }, "retryOn of Example");

    expect([test(busy), global(busy), global(busy), global(busy)]).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it("is read once, where it is declared", () => {
    const pattern = { code: "E_BUSY" };
    const test = readPattern(pattern, "retryOn of Example");
    pattern.code = "E_GONE";

    expect(test(busy)).toBe(true);
  });

  it("may be of another realm", () => {
    const pattern: ErrorPattern = runInNewContext(
      "({ code: ['a', /^E_/], response: { status: 429 } })",
    );

    expect(matches(pattern, busy)).toBe(true);
  });

  it("looks at whatever is thrown", () => {
    expect(matches({ message: /busy/ }, "busy")).toBe(true);
    expect(matches({ name: "string" }, "busy")).toBe(true);
    expect(matches({ code: 7 }, { code: 7 })).toBe(true);
    expect(matches({ length: 4 }, "busy")).toBe(false);
    expect([undefined, null, 7].map((thrown) => matches({ code: 7 }, thrown))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("is not for what cannot be read", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const hostile = Object.defineProperty(new Error("a"), "code", {
      get() {
        throw new Error("hands off");
      },
    });

    expect(matches({ code: "E_BUSY" }, proxy)).toBe(false);
    expect(matches({ message: /E_BUSY/ }, proxy)).toBe(false);
    expect(matches({ code: "E_BUSY" }, hostile)).toBe(false);
    expect(matches({ response: { status: 1 } }, { response: proxy })).toBe(false);
  });

  const values =
    "give a string, a number, a boolean, a regular expression, a pattern or an array of these";

  it.each<[unknown, string]>([
    [
      {},
      'Cannot use an empty pattern in retryOn of Example, which would be for every error: name a property, such as { code: "40P01" }, or give the class Error',
    ],
    [
      { response: {} },
      'Cannot use an empty pattern in response of retryOn of Example, which would be for every error: name a property, such as { code: "40P01" }, or give the class Error',
    ],
    [{ code: undefined }, `Cannot use undefined as code of retryOn of Example: ${values}`],
    [{ code: null }, `Cannot use null as code of retryOn of Example: ${values}`],
    [{ code: [] }, `Cannot use an empty array as code of retryOn of Example: ${values}`],
    [{ code: ["a", Symbol("b")] }, `Cannot use a symbol as code of retryOn of Example: ${values}`],
    [{ code: () => true }, `Cannot use a function as code of retryOn of Example: ${values}`],
    [{ at: new Date() }, `Cannot use an object as at of retryOn of Example: ${values}`],
  ])("is refused as %j", (pattern, message) => {
    expect(() => readPattern(pattern as ErrorPattern, "retryOn of Example")).toThrow(
      new TypeError(message),
    );
  });
});
