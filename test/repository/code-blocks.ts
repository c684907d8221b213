import type { SourceFile } from "./source-files.ts";

export interface CodeBlock {
  /** Where it stands: `README.md:12`. */
  readonly at: string;
  readonly language: string;
  readonly code: string;
}

/** The fenced blocks of a Markdown file. */
export function codeBlocks({ path, text }: SourceFile): CodeBlock[] {
  const fences = /^( *)```(\w*)[^\n]*\n([\s\S]*?)^ *```$/gm;
  return [...text.matchAll(fences)].map((match) => ({
    at: `${path}:${lineAt(text, match.index)}`,
    language: match[2] ?? "",
    code: dedent(match[3] ?? ""),
  }));
}

/** The fenced blocks in a source file's docstrings. */
export function docstringBlocks({ path, text }: SourceFile): CodeBlock[] {
  const docstrings = [...text.matchAll(/^ *\/\*\*[\s\S]*?\*\//gm)];
  return docstrings.flatMap((match) => {
    const body = match[0].replaceAll(/^ *\* ?/gm, "");
    const first = lineAt(text, match.index);
    return codeBlocks({ path, text: body }).map((block) => ({
      ...block,
      at: `${path}:${first - 1 + Number(block.at.split(":").at(-1))}`,
    }));
  });
}

/** Without the indentation that all lines share, and without blank lines around. */
export function dedent(code: string): string {
  const lines = code.split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const shared = indents.length === 0 ? 0 : Math.min(...indents);
  return lines
    .map((line) => line.slice(shared).trimEnd())
    .join("\n")
    .replaceAll(/^\n+|\n+$/g, "");
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
