import { describe, expect, it } from "vitest";
import { imports, withoutComments } from "./source-files.ts";

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
