import { describe, expect, it } from "vitest";
import { codeBlocks } from "./repository/code-blocks.ts";
import { isSliceOf } from "./repository/slices.ts";
import { repositoryFiles, type SourceFile } from "./repository/source-files.ts";

/*
 * What the guides show for TypeScript is a slice of test/guides/**, whose files Vitest runs as tests; what their tables show is
 * a line in one of them. What they show for a terminal is run by test/guides/program.test.ts.
 */
const guides = repositoryFiles("docs/coming-from-*.md");
const programs = repositoryFiles(
  "test/guides/coming-from-*/**/*.ts",
  "test/guides/application/**/*.ts",
);
const blocks = guides.flatMap(codeBlocks);

describe("guides", () => {
  it("show only slices of programs that run", () => {
    const stray = blocks
      .filter(({ language }) => language === "ts")
      .filter(({ code }) => !programs.some(({ text }) => isSliceOf(code, text)))
      .map(({ at }) => at);

    expect(stray).toEqual([]);
  });

  it("show calls in tables that programs make", () => {
    const made = programs.map(({ text }) => squeezed(text)).join("\n");
    const stray = guides.flatMap(tableCalls).filter(({ call }) => !made.includes(squeezed(call)));

    expect(stray).toEqual([]);
  });

  it("show files of the application that the program reads", () => {
    const files = repositoryFiles("test/guides/application/config/*").map(({ text }) =>
      text.trim(),
    );
    const shown = blocks.filter(({ language }) => language === "yaml").map(({ code }) => code);

    expect(shown).not.toEqual([]);
    expect(files).toEqual(expect.arrayContaining(shown));
  });
});

/** The calls in the last columns of a guide's tables. */
function tableCalls({ path, text }: SourceFile): { readonly at: string; readonly call: string }[] {
  return text.split("\n").flatMap((line, index) => {
    const last = /^\|.*(?<!\\)\|(.*)\|$/.exec(line)?.[1] ?? "";
    const spans = [...last.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
    const calls = spans
      .filter((span) => /^[\w. ]+\(/.test(span))
      .map((span) => span.replaceAll("\\|", "|"));
    return calls.map((call) => ({ at: `${path}:${index + 1}`, call }));
  });
}

function squeezed(code: string): string {
  return code.replaceAll(/\s+/g, "").replaceAll(",)", ")").replaceAll(",}", "}");
}
