import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { LUA_STRING, neededBy, readParts } from "./lua-parts.ts";

/** Writes the Lua scripts into generated.ts, each behind what it needs of shared.lua; `--check` only says whether that is needed. */
const folder = fileURLToPath(new URL("../src/adapters/redis/scripts/", import.meta.url));
const target = join(folder, "generated.ts");

export function generated(): string {
  const shared = readParts(join(folder, "shared.lua"));
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".lua") && file !== "shared.lua")
    .map((file) => basename(file, ".lua"))
    .toSorted();
  const entries = names.map((name) => {
    const own = withoutComments(readFileSync(join(folder, `${name}.lua`), "utf8"));
    // Functions and names of keys are made anew at each call: all of them took a fifth of what enqueueing one job
    // takes Redis. What is rarely needed is made where a script asks for it.
    const [, together = ""] = /^ *(.*) = shared\(\)$/m.exec(own) ?? [];
    const script = inTable(neededBy(own, shared, listed(together)) + own);
    return `  ${/-/.test(name) ? JSON.stringify(name) : name}: ${JSON.stringify(withoutIndentation(script))},\n`;
  });
  return (
    "// Written by scripts/embed-lua.ts from the .lua files beside it. Do not edit.\n" +
    `export const lua = {\n${entries.join("")}} as const;\n`
  );
}

/**
 * Writes the fixed keys into a table where they are defined, and their places in it where they are named. A variable
 * of each would be looked for among all others by each function that uses it, whenever that is made: at every call.
 */
function inTable(script: string): string {
  const places = new Map<string, number>();
  const defined = script.replaceAll(
    /(?:^local [A-Z_]+ = PREFIX \.\. '[^']+'\n)+/gm,
    (definitions) => {
      const keys = [...definitions.matchAll(/^local (\w+) = (.+)$/gm)].map(
        ([, name = "", key = ""]) => {
          places.set(name, places.size + 1);
          return { place: `K[${places.size}]`, key };
        },
      );
      const texts = keys.map(({ key }) => key).join(", ");
      return places.size === keys.length
        ? `local K = { ${texts} }\n`
        : `${keys.map(({ place }) => place).join(", ")} = ${texts}\n`;
    },
  );
  const wordOrString = new RegExp(`${LUA_STRING.source}|\\b[A-Z_]+\\b`, "g");
  return defined.replaceAll(wordOrString, (word) =>
    places.has(word) ? `K[${places.get(word)}]` : word,
  );
}

function listed(names: string): readonly string[] {
  return names === "" ? [] : names.split(", ");
}

/** Comments are for readers of the files: a server that is sent them keeps them. */
function withoutComments(text: string): string {
  return text.replaceAll(/--\[\[[\s\S]*?\]\]\n?/g, "").replaceAll(/^\s*--[^\n]*\n/gm, "");
}

function withoutIndentation(text: string): string {
  return text.replaceAll(/^\s+/gm, "");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = generated();
  if (process.argv.includes("--check")) {
    if (text !== readFileSync(target, "utf8")) {
      console.error("generated.ts differs from the .lua files: run npm run embed-lua");
      process.exitCode = 1;
    }
  } else {
    writeFileSync(target, text);
  }
}
