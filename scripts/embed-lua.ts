import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { neededBy, readParts } from "./lua-parts.ts";

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
    // Functions are made anew at each call, and each key is another argument to read: all of them took a fifth of what
    // enqueueing one job takes Redis. What is rarely needed is made where a script asks for it.
    const [, together = ""] = /^ *(.*) = shared\(\)$/m.exec(own) ?? [];
    const { text, keys } = withKeys(neededBy(own, shared, listed(together)) + own);
    const script = `{ keys: [${keys.join(", ")}], text: ${JSON.stringify(withoutIndentation(text))} }`;
    return `  ${/-/.test(name) ? JSON.stringify(name) : name}: ${script},\n`;
  });
  return (
    "// Written by scripts/embed-lua.ts from the .lua files beside it. Do not edit.\n" +
    "// `keys`: which of the fixed keys, by their place in keys.ts, a script is given.\n" +
    `export const lua = {\n${entries.join("")}} as const;\n`
  );
}

/**
 * Writes each key where it is named, numbered anew, and says which they are. A variable of each would be looked
 * for among all others by each function that uses it, whenever that is made: at every call.
 */
function withKeys(script: string): { readonly text: string; readonly keys: readonly number[] } {
  const places = new Map<string, number>();
  const body = script.replaceAll(
    /^local (\w+) = KEYS\[(\d+)\]\n/gm,
    (_, name: string, place: string) => {
      places.set(name, Number(place) - 1);
      return "";
    },
  );
  const keys = [...places.values()];
  const text = body.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b[A-Z_]+\b/g, (word) => {
    const place = places.get(word);
    return place === undefined ? word : `KEYS[${keys.indexOf(place) + 1}]`;
  });
  return { text, keys };
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
