import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A definition at the left edge of a file, with what is included inside it. */
export interface Part {
  readonly name: string;
  /** Of which one has to be mentioned, so that a script needs it. */
  readonly mentions: readonly string[];
  readonly lines: readonly (string | readonly Part[])[];
}

/** A text in a line of Lua. */
export const LUA_STRING = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;

/** Reads a Lua file of definitions, and the files that it includes, be it inside a function. */
export function readParts(file: string): readonly Part[] {
  const text = readFileSync(file, "utf8").replaceAll(/--\[\[[\s\S]*?\]\]\n?/g, "");
  const parts: Part[] = [];
  let lines: (string | readonly Part[])[] = [];
  for (const line of text.split("\n")) {
    const included = /^\s*-- include: (\S+)$/.exec(line)?.[1];
    const read = included === undefined ? line : readParts(join(dirname(file), included));
    if (typeof read !== "string" && line.startsWith("--")) {
      parts.push(...read);
      continue;
    }
    if (typeof read === "string" && /^\s*(--|$)/.test(line)) {
      continue;
    }
    const [, local, member] =
      /^(?:local (?:function )?(\w+(?:, \w+)*)|(?:function )?made\.(\w+))/.exec(line) ?? [];
    const name = local ?? member;
    if (name !== undefined) {
      lines = [];
      parts.push({ name, mentions: local?.split(", ") ?? [`.${name}`], lines });
    }
    lines.push(read);
  }
  return parts;
}

/**
 * The text of those parts that a script uses, by itself or by another of them, in their order.
 *
 * @param together Names whose parts, and what only they use, are made together when the script calls
 *   `shared()`, which answers with them.
 */
export function neededBy(
  script: string,
  parts: readonly Part[],
  together: readonly string[] = [],
): string {
  const all = partsNeededBy(script, parts);
  if (together.length === 0) {
    return textOf(parts, all);
  }
  const others = new RegExp(`\\b(${together.join("|")})\\b`, "g");
  const atOnce = partsNeededBy(script.replaceAll(others, ""), parts);
  const later = new Set([...all].filter((part) => !atOnce.has(part)));
  const body = textOf(parts, later);
  return `${textOf(parts, atOnce)}local function shared()\n${body}return ${together.join(", ")}\nend\n`;
}

function partsNeededBy(script: string, parts: readonly Part[]): ReadonlySet<Part> {
  const mentioned = new Set<string>();
  const needed = new Set<Part>();
  const mention = (text: string): void => {
    for (const [word] of text.replaceAll(LUA_STRING, "''").matchAll(/\.?\w+/g)) {
      mentioned.add(word);
    }
  };
  const need = (among: readonly Part[]): void => {
    for (const part of among) {
      if (!needed.has(part) && part.mentions.some((name) => mentioned.has(name))) {
        needed.add(part);
        part.lines.forEach((line) => typeof line === "string" && mention(line));
      }
      if (needed.has(part)) {
        part.lines.forEach((line) => typeof line !== "string" && need(line));
      }
    }
  };
  mention(script);
  let before;
  do {
    before = needed.size;
    need(parts);
  } while (needed.size > before);
  return needed;
}

function textOf(parts: readonly Part[], needed: ReadonlySet<Part>): string {
  return parts
    .filter((part) => needed.has(part))
    .map(({ lines }) =>
      lines.map((line) => (typeof line === "string" ? `${line}\n` : textOf(line, needed))).join(""),
    )
    .join("");
}
