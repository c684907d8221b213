import { dedent } from "./code-blocks.ts";

/** A line by which a snippet says that it leaves something out. */
const omission = /^\s*\/\/ ?(…|\.\.\.)\s*$/;

/**
 * Whether a snippet is a slice of a program: lines that follow one another there too, whatever
 * their common indentation. A line `// …` leaves any number of lines out.
 */
export function isSliceOf(snippet: string, program: string): boolean {
  return longestSlice(snippet, program) === undefined;
}

/** The first line of a snippet from where on it is no slice; undefined where it is one. */
export function longestSlice(snippet: string, program: string): string | undefined {
  const lines = program.split("\n").map((line) => line.trimEnd());
  let from = 0;
  for (const chunk of chunks(snippet)) {
    const end = endOfChunk(chunk, lines, from);
    if (end === undefined) return firstStray(chunk, lines, from);
    from = end;
  }
  return undefined;
}

function chunks(snippet: string): string[][] {
  const all: string[][] = [[]];
  for (const line of snippet.split("\n")) {
    if (omission.test(line)) all.push([]);
    else all.at(-1)?.push(line);
  }
  return all
    .map((lines) => dedent(lines.join("\n")))
    .filter((chunk) => chunk !== "")
    .map((chunk) => chunk.split("\n"));
}

function endOfChunk(
  chunk: readonly string[],
  lines: readonly string[],
  from: number,
): number | undefined {
  const wanted = chunk.join("\n");
  for (let start = from; start + chunk.length <= lines.length; start++) {
    const end = start + chunk.length;
    if (dedent(lines.slice(start, end).join("\n")) === wanted) return end;
  }
  return undefined;
}

/** Of the chunk's longest beginning that the program has, the line after it. */
function firstStray(
  chunk: readonly string[],
  lines: readonly string[],
  from: number,
): string | undefined {
  const count = chunk.findIndex(
    (_, index) => endOfChunk(trimmed(chunk.slice(0, index + 1)), lines, from) === undefined,
  );
  return chunk[Math.max(count, 0)];
}

function trimmed(chunk: readonly string[]): string[] {
  return dedent(chunk.join("\n")).split("\n");
}
