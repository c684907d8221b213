import { describe, expect, it } from "vitest";
import { codeSpans, firstColumn, links, sections } from "./markdown.ts";

const page = {
  path: "docs/a.md",
  text: `# What there is

[one](b.md#two-words), [two](#here), [three](../src/), [four](https://example.org/x.md).

## Two words, and \`code\`

| option | says |
| ------ | ---- |
| \`a\`    | one  |
| \`b\`    | two  |

\`\`\`sh
# no heading
[none](none.md) \`none\`
\`\`\`
`,
};

describe("links", () => {
  it("are those into the repository, from its root", () => {
    expect(links(page)).toEqual([
      { path: "docs/b.md", section: "two-words" },
      { path: "docs/a.md", section: "here" },
      { path: "src/", section: "" },
    ]);
  });
});

describe("sections", () => {
  it("are named as GitHub names them", () => {
    expect(sections(page)).toEqual(["what-there-is", "two-words-and-code"]);
  });
});

describe("codeSpans", () => {
  it("are those outside of blocks", () => {
    expect(codeSpans(page)).toEqual(["code", "a", "b"]);
  });
});

describe("firstColumn", () => {
  it("is that of the table behind a heading", () => {
    expect(firstColumn(page, "Two words, and `code`")).toEqual(["`a`", "`b`"]);
    expect(firstColumn(page, "none")).toEqual([]);
  });
});
