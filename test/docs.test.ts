import { beforeAll, describe, expect, it } from "vitest";
import { codeBlocks, docstringBlocks } from "./repository/code-blocks.ts";
import { undocumented } from "./repository/public-names.ts";
import { repositoryFiles } from "./repository/source-files.ts";
import { typeCheck } from "./repository/type-check.ts";

const examples = [
  ...repositoryFiles("src/**/*.ts").flatMap(docstringBlocks),
  // Those of the guides are slices of programs: test/guides.test.ts.
  ...repositoryFiles("docs/**/*.md")
    .filter(({ path }) => !path.includes("coming-from"))
    .flatMap(codeBlocks),
]
  .filter(({ language }) => language === "ts")
  .map((block) => ({ ...block, name: `${block.at.replaceAll(/\W/g, "-")}.ts` }));
let errors: Map<string, string[]>;

beforeAll(async () => {
  errors = await typeCheck(new Map(examples.map(({ name, code }) => [name, code])));
}, 120_000);

describe("docstrings", () => {
  it("are there for everything that an entry exports, and for its members", () => {
    expect(undocumented()).toEqual([]);
  });

  it("have examples", () => {
    expect(examples).not.toEqual([]);
  });

  it.each(examples)("example at $at compiles", ({ name }) => {
    expect(errors.get(name) ?? []).toEqual([]);
  });
});
