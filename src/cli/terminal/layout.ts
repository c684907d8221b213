/** A column of a table: its heading, and whether numbers stand in it. */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

/**
 * Lines of a table. A width that is not enough takes from the widest column.
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
    Math.max(title.length, ...clean.map((row) => row[index]?.length ?? 0)),
  );
  const gaps = 2 * (columns.length - 1);
  for (
    let excess = sum(widths) + gaps - width;
    excess > 0 && Math.max(...widths) > 4;
    excess = sum(widths) + gaps - width
  ) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = Math.max(4, (widths[widest] ?? 0) - excess);
  }
  return [columns.map(({ title }) => title), ...clean].map((row) =>
    row
      .map((cell, index) => {
        const cellWidth = widths[index] ?? 0;
        const text = clipped(cell, cellWidth);
        return columns[index]?.right === true ? text.padStart(cellWidth) : text.padEnd(cellWidth);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** A text in so many columns, with "…" where something is missing. */
export function clipped(text: string, width: number): string {
  const clean = printable(text);
  return clean.length <= width ? clean : width < 1 ? "" : `${clean.slice(0, width - 1)}…`;
}

/** In one line, and without what would move a terminal's cursor or colour its text: anybody may have written it. */
export function printable(text: string): string {
  return text.replaceAll(/[\t\n\r\v\f\u2028\u2029]+ */g, " ").replaceAll(/\p{Cc}/gu, "\uFFFD");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
