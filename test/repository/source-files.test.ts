import { describe, expect, it } from "vitest";
import { imports, repositoryFiles, withoutComments } from "./source-files.ts";

describe("imports", () => {
  it.each([
    ['import { a } from "./b.ts";', "./b.ts"],
    ['import type { a } from "./b.ts";', "./b.ts"],
    ['import {\n  a,\n  type c,\n} from "./b.ts";', "./b.ts"],
    ['import "./b.ts";', "./b.ts"],
    ['export * from "./b.ts";', "./b.ts"],
    ['export { a } from "./b.ts";', "./b.ts"],
    ['const b = await import("./b.ts");', "./b.ts"],
    ['import { a } from "superjson";', "superjson"],
  ])("finds what %j names", (text, specifier) => {
    const found = imports({ path: "src/job/a.ts", text });

    expect(found.map((each) => each.specifier)).toEqual([specifier]);
  });

  it("resolves relative names from the repository's root", () => {
    const [found] = imports({ path: "src/job/a.ts", text: 'import "../support/b.ts";' });

    expect(found?.path).toBe("src/support/b.ts");
  });

  it("sees no import in a comment or in a function", () => {
    const text =
      '// import "./a.ts";\n/* export * from "./b.ts" */\nexport function f() {\n  g("x");\n}';

    expect(imports({ path: "src/a.ts", text })).toEqual([]);
  });
});

describe("withoutComments", () => {
  it("keeps what only looks like a comment", () => {
    expect(withoutComments('a("http://x"); // gone')).toBe('a("http://x"); ');
  });
});

describe("comments", () => {
  it("end at column 100, but for code in them", () => {
    const files = repositoryFiles("src/**/*.ts", "commands-example/**/*.ts").filter(
      ({ path }) => !path.includes("generated"),
    );

    expect(files.length).toBeGreaterThan(500);
    expect(files.flatMap(longComments)).toEqual([]);
  });
});

/** As `path:line`. */
function longComments({ path, text }: { readonly path: string; readonly text: string }): string[] {
  let isCode = false;
  return text.split("\n").flatMap((line, index) => {
    const isComment = /^\s*(?:\/\/|\/?\*)/.test(line);
    isCode = isComment && isCode !== line.includes("* ```");
    return isComment && !isCode && line.length > 100 ? `${path}:${index + 1}` : [];
  });
}
