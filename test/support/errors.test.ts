import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ConfigurationError, MandateError } from "../../src/support/errors.ts";

describe("MandateError", () => {
  it("is an Error of its own name and code", () => {
    const error = new ConfigurationError("Cannot start");

    expect(error).toBeInstanceOf(MandateError);
    expect(error).toBeInstanceOf(Error);
    expect(error.code).toBe("MANDATE_CONFIGURATION");
    expect(String(error)).toBe("ConfigurationError: Cannot start");
    expect(inspect(error)).toMatch(/^ConfigurationError: Cannot start\n {4}at /);
  });

  it("keeps its name off the error itself and out of loops", () => {
    const error = new ConfigurationError("Cannot start");

    const looped = [];
    for (const key in error) looped.push(key);

    expect(Object.hasOwn(error, "name")).toBe(false);
    expect(looped).toEqual(["code"]);
  });

  it("has a cause only where one was given", () => {
    const cause = new Error("disk full");

    expect(new ConfigurationError("Cannot start", { cause }).cause).toBe(cause);
    expect(Object.hasOwn(new ConfigurationError("Cannot start"), "cause")).toBe(false);
  });
});
