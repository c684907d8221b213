import { describe, expect, it } from "vitest";
import { AdapterError } from "../../../../src/adapters/adapter-error.ts";
import {
  countIn,
  objectIn,
  textIn,
  timeIn,
  unlessOther,
} from "../../../../src/adapters/redis/payloads/untrusted.ts";

describe("what anybody may have written", () => {
  it.each(["", "{", "null", "5", '"text"'])(
    "is an empty object where %j is none's JSON",
    (text) => {
      expect(objectIn(text)).toEqual({});
    },
  );

  it("is read as it is where it is as it should be", () => {
    expect(objectIn('{"a":1}')).toEqual({ a: 1 });
    expect([textIn("a"), countIn(0), timeIn(1.5)]).toEqual(["a", 0, 1.5]);
  });

  it.each([NaN, -1, 1e300, "5", null])("says nothing where %j is no count and no time", (value) => {
    expect([countIn(value), timeIn(value)]).toEqual([undefined, undefined]);
  });
});

describe("unlessOther", () => {
  it("is what was asked for", async () => {
    expect(await unlessOther(Promise.resolve(5), 0)).toBe(5);
  });

  it("stands for what is of another type", async () => {
    const cause = new Error("WRONGTYPE Operation against a key holding the wrong kind of value");
    const error = new AdapterError("Cannot read", { cause });

    expect(await unlessOther(Promise.reject(error), 0)).toBe(0);
  });

  it("hands on every other failure", async () => {
    const error = new AdapterError("Redis is unreachable");

    await expect(unlessOther(Promise.reject(error), 0)).rejects.toBe(error);
  });
});
