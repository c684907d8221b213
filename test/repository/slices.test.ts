import { describe, expect, it } from "vitest";
import { isSliceOf, longestSlice } from "./slices.ts";

const program = `import { a } from "a";

class X {
  one() {
    return a;
  }

  two() {}
}
`;

describe("isSliceOf", () => {
  it("finds lines that follow one another, at any indentation", () => {
    expect(isSliceOf("one() {\n  return a;\n}", program)).toBe(true);
  });

  it("lets a line of dots leave lines out", () => {
    expect(isSliceOf('import { a } from "a";\n// …\n  two() {}', program)).toBe(true);
  });

  it("refuses lines that do not follow one another", () => {
    expect(isSliceOf("one() {\n\ntwo() {}", program)).toBe(false);
  });

  it("refuses slices in another order", () => {
    expect(isSliceOf('two() {}\n// ...\nimport { a } from "a";', program)).toBe(false);
  });
});

describe("longestSlice", () => {
  it("names the line that goes astray", () => {
    expect(longestSlice("one() {\n  return b;\n}", program)).toBe("  return b;");
  });
});
