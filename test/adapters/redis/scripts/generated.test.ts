import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generated } from "../../../../scripts/embed-lua.ts";
import { lua } from "../../../../src/adapters/redis/scripts/generated.ts";
import { repositoryFiles } from "../../../repository/source-files.ts";

it("embeds the Lua scripts as they are: else run npm run embed-lua", () => {
  const file = new URL("../../../../src/adapters/redis/scripts/generated.ts", import.meta.url);

  expect(readFileSync(file, "utf8")).toBe(generated());
});

it("has a typed constant for each script, and no other", () => {
  const named = repositoryFiles("src/adapters/redis/**/*.ts").flatMap(({ text }) =>
    [...text.matchAll(/\bscript\(\s*"([a-z-]+)"/g)].map(([, name]) => String(name)),
  );

  expect([...new Set(named)].toSorted()).toEqual(Object.keys(lua).toSorted());
});
