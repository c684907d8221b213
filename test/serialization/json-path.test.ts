import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeSegment, parsePath, propertyStep } from "../../src/serialization/json-path.ts";

describe("escapeSegment and parsePath", () => {
  it.each([
    ["1.author", ["1", "author"]],
    ["a\\.b.c", ["a.b", "c"]],
    ["a\\\\.b", ["a\\", "b"]],
    ["a\\\\\\.b", ["a\\.b"]],
    ["", [""]],
    ["a..b.", ["a", "", "b", ""]],
  ])("read %j as superjson does", (path, steps) => {
    expect(parsePath(path)).toEqual(steps);
    expect(steps.map(escapeSegment).join(".")).toBe(path);
  });

  it("are each other's inverse", () => {
    const step = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("\\", ".", "a") }));

    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), (steps) => {
        expect(parsePath(steps.map(escapeSegment).join("."))).toEqual(steps);
      }),
    );
  });
});

describe("propertyStep", () => {
  it.each([
    ["author", ".author"],
    ["größe", ".größe"],
    ["$x_1", ".$x_1"],
    ["e-mail", '["e-mail"]'],
    ["0", '["0"]'],
    ["", '[""]'],
    ['"', '["\\""]'],
    ["\n", '["\\n"]'],
  ])("writes %j as code would", (key, step) => {
    expect(propertyStep(key)).toBe(step);
  });
});
