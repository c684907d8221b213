import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { generated } from "../../../../scripts/embed-lua.ts";
import { readParts, type Part } from "../../../../scripts/lua-parts.ts";
import { lua } from "../../../../src/adapters/redis/scripts/generated.ts";
import { repositoryFiles } from "../../../repository/source-files.ts";

const scripts = new URL("../../../../src/adapters/redis/scripts/", import.meta.url);

it("embeds the Lua scripts as they are: else run npm run embed-lua", () => {
  const file = new URL("generated.ts", scripts);

  expect(readFileSync(file, "utf8")).toBe(generated());
});

it("has a typed constant for each script, and no other", () => {
  const named = repositoryFiles("src/adapters/redis/**/*.ts").flatMap(({ text }) =>
    [...text.matchAll(/\bscript\(\s*"([a-z-]+)"/g)].map(([, name]) => String(name)),
  );

  expect([...new Set(named)].toSorted()).toEqual(Object.keys(lua).toSorted());
});

it("needs each shared part in some script", () => {
  const file = new URL("shared.lua", scripts);
  const parts = readParts(fileURLToPath(file));
  const texts = Object.values(lua).map(String);

  const unused = all(parts).filter(({ name, lines }) => {
    const [first] = lines;
    const [, key] = (typeof first === "string" && /^local \w+ = (PREFIX .+')$/.exec(first)) || [];
    const definition = new RegExp(
      `(local|function) (function |made\\.)?${name}\\b|made\\.${name} =`,
    );
    return !texts.some((text) => (key === undefined ? definition.test(text) : text.includes(key)));
  });

  expect(unused).toEqual([]);
});

it("calls the fixed keys as keys.ts does", () => {
  const inLua = readFileSync(new URL("shared/keys.lua", scripts), "utf8");
  const inTypeScript = readFileSync(new URL("../keys.ts", scripts), "utf8");
  const [, list = ""] = /const FIXED = \[\n([^]*?)\n\]/.exec(inTypeScript) ?? [];

  const named = [...inLua.matchAll(/^local \w+ = PREFIX \.\. '(.+)'$/gm)].map(([, name]) => name);

  expect(named).toEqual([...list.matchAll(/^ {2}"(.+)",/gm)].map(([, name]) => name));
});

/** Parts, and what is included in them. */
function all(parts: readonly Part[]): readonly Part[] {
  return parts.flatMap((part) => [
    part,
    ...part.lines.flatMap((line) => (typeof line === "string" ? [] : all(line))),
  ]);
}
