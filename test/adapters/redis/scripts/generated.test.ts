import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { generated } from "../../../../scripts/embed-lua.ts";
import { readParts, type Part } from "../../../../scripts/lua-parts.ts";
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

it("needs each shared part in some script", () => {
  const file = new URL("../../../../src/adapters/redis/scripts/shared.lua", import.meta.url);
  const texts = Object.values(lua).map(({ text }) => text);
  const given = new Set<number>(Object.values(lua).flatMap(({ keys }) => keys));

  const unused = names(readParts(fileURLToPath(file))).filter(
    (name) =>
      !given.has(places.indexOf(name)) &&
      !texts.some((text) =>
        new RegExp(`(local|function) (function |made\\.)?${name}\\b|made\\.${name} =`).test(text),
      ),
  );

  expect(unused).toEqual([]);
});

/** The names of the fixed keys, in the order in which the generated file counts them. */
const places = [
  ...readFileSync(
    new URL("../../../../src/adapters/redis/scripts/shared/keys.lua", import.meta.url),
    "utf8",
  ).matchAll(/^local (\w+) = KEYS/gm),
].map(([, name]) => name);

/** Of parts, and of what is included in them. */
function names(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(({ name, lines }) => [
    name,
    ...lines.flatMap((line) => (typeof line === "string" ? [] : names(line))),
  ]);
}
