import { describe, expect, it } from "vitest";
import { codeBlocks, docstringBlocks } from "./code-blocks.ts";

describe("codeBlocks", () => {
  it("finds each fence with its place, its language and its code", () => {
    const text = "# Title\n\n```ts\na();\n\nb();\n```\n\n```sh\nnpm test\n```\n";

    expect(codeBlocks({ path: "x.md", text })).toEqual([
      { at: "x.md:3", language: "ts", code: "a();\n\nb();" },
      { at: "x.md:9", language: "sh", code: "npm test" },
    ]);
  });
});

describe("docstringBlocks", () => {
  it("finds examples in docstrings, also those of members", () => {
    const text = [
      "class X {",
      "  /**",
      "   * Does.",
      "   *",
      "   * @example",
      "   * ```ts",
      "   * if (a) {",
      "   *   b();",
      "   * }",
      "   * ```",
      "   */",
      "  does() {}",
      "}",
    ].join("\n");

    expect(docstringBlocks({ path: "x.ts", text })).toEqual([
      { at: "x.ts:6", language: "ts", code: "if (a) {\n  b();\n}" },
    ]);
  });
});
