import { dirname, posix } from "node:path";
import type { SourceFile } from "./source-files.ts";

export interface Link {
  /** The file or folder of this repository that it leads to. */
  readonly path: string;
  /** What stands behind `#`; empty where nothing does. */
  readonly section: string;
}

/** The links of a page into this repository. */
export function links({ path, text }: SourceFile): Link[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? "")
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = "", section = ""] = target.split("#");
      return { path: file === "" ? path : posix.join(dirname(path), file), section };
    });
}

/** What the headings of a page are linked by, as GitHub names them. */
export function sections({ text }: SourceFile): string[] {
  return [...prose(text).matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] ?? "")
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** The spans of a page that are set as code: `src/job/run.ts`. */
export function codeSpans({ text }: SourceFile): string[] {
  return [...prose(text).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");
}

/** The first column of the table behind a heading, without its head. */
export function firstColumn({ text }: SourceFile, heading: string): string[] {
  const behind = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const [, , ...rows] = behind.split("\n").filter((line) => line.startsWith("|"));
  return rows.map((row) => row.split("|")[1]?.trim() ?? "");
}

/** A page without its blocks of code. */
function prose(text: string): string {
  return text.replaceAll(/^( *)```[\s\S]*?^ *```$/gm, "");
}
