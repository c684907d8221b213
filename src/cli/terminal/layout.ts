import { printable } from "../../support/printable.ts";
import { upTo, widthOf } from "./width.ts";

/** A column of a table. */
export interface Column {
  /** The column's heading. */
  readonly title: string;
  /** Numbers stand in it. */
  readonly right?: boolean;
  /** The cells are typed again, a jid for example: others give where the width is not enough. */
  readonly whole?: boolean;
}

/**
 * Lines of a table. Where the width is not enough the widest columns give, as much as makes them
 * equal.
 *
 * @param rows Cells, as many as there are columns.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const clean = rows.map((row) => row.map((cell) => printable(cell)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...clean.map((row) => widthOf(row[index] ?? ""))),
  );
  const excess = sum(widths) + 2 * (columns.length - 1) - width;
  for (let given = 0; given < excess; given += 1) {
    const giving = widths.map((each, index) => (columns[index]?.whole === true ? 0 : each));
    const most = Math.max(...giving) > NARROWEST ? giving : widths;
    const widest = Math.max(...most);
    if (widest <= NARROWEST) {
      break;
    }
    widths[most.lastIndexOf(widest)] = widest - 1;
  }
  return [columns.map(({ title }) => title), ...clean].map((row) =>
    row
      .map((cell, index) => {
        const cellWidth = widths[index] ?? 0;
        const text = clipped(cell, cellWidth);
        const space = " ".repeat(cellWidth - widthOf(text));
        return columns[index]?.right === true ? `${space}${text}` : `${text}${space}`;
      })
      .join("  ")
      .trimEnd(),
  );
}

/** A column that has no room is as wide. */
const NARROWEST = 4;

/** A text in so many columns, with "…" where something is missing. */
export function clipped(text: string, width: number): string {
  const clean = printable(text);
  return widthOf(clean) <= width ? clean : width < 1 ? "" : `${upTo(clean, width - 1)}…`;
}

/** As `clipped`; what is missing of a path is missing in front. */
export function clippedInFront(path: string, width: number): string {
  const clean = printable(path);
  if (widthOf(clean) <= width) return clean;
  let kept = "";
  for (const character of Array.from(clean).toReversed()) {
    if (widthOf(character + kept) >= width) break;
    kept = character + kept;
  }
  return width < 1 ? "" : `…${kept}`;
}

/** A text in just so many columns. */
export function fitted(text: string, width: number): string {
  const part = clipped(text, width);
  return `${part}${" ".repeat(width - widthOf(part))}`;
}

/**
 * A text in lines that break between words; all but the first are indented. A word that is too long
 * stays whole.
 */
export function folded(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of printable(text).split(/(?<=\S) (?=\S)/)) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = " ".repeat(indent) + word;
    } else {
      line += line === "" ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
