import { describe, expect, it } from "vitest";
import { BoundedNames } from "../../src/instrumentation/bounded-names.ts";

describe("BoundedNames", () => {
  it("keeps the first names, and makes one of all others", () => {
    const names = new BoundedNames(2);

    const labels = ["a", "b", "c", "a", "d", "b"].map((name) => names.label(name));

    expect(labels).toEqual(["a", "b", "other", "a", "other", "b"]);
  });
});
