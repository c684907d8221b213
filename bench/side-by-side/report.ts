import type { Measure, Sample } from "./measures.ts";

/** One figure of one subject, over the rounds. */
export interface Result {
  readonly measure: string;
  readonly figure: string;
  readonly unit: string;
  readonly subject: string;
  readonly values: readonly number[];
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** How many times better the subject was that it is compared with, in each round. */
  readonly ratios: readonly number[];
}

/** @param samples By subject, in the order of the rounds. */
export function resultsOf(
  measure: Measure,
  samples: ReadonlyMap<string, readonly Sample[]>,
): Result[] {
  const [first = []] = samples.values();
  return Object.entries(measure.figures).flatMap(([figure, { unit, more }]) =>
    [...samples].flatMap(([subject, rounds]) => {
      const beside = measure.subjects.find(({ name }) => name === subject)?.beside ?? "";
      const own = samples.get(beside) ?? first;
      const values = rounds.flatMap((round) => round[figure] ?? []);
      if (values.length === 0) {
        return [];
      }
      const ratios = values.flatMap((value, round) => {
        const ours = own[round]?.[figure];
        return ours === undefined ? [] : [more ? ours / value : value / ours];
      });
      const { median, min, max } = summary(values);
      return [{ measure: measure.name, figure, unit, subject, values, median, min, max, ratios }];
    }),
  );
}

/** As lines of text, one table for each figure. */
export function tableOf(results: readonly Result[]): string {
  const lines: string[] = [];
  let title = "";
  for (const result of results) {
    const { measure, figure, unit, subject, median, min, max, ratios } = result;
    if (title !== `${measure}, ${figure}`) {
      title = `${measure}, ${figure}`;
      const columns = ["median", "min", "max", "times better", "(min", "max)"];
      lines.push("", `${title} (${unit})`.padEnd(62) + columns.map(column).join(""));
    }
    const ratio = summary(ratios);
    const compared = ratios.length === 0 ? [] : [ratio.median, ratio.min, ratio.max];
    const shown = [...[median, min, max].map(number), ...compared.map((one) => one.toFixed(2))];
    lines.push(`  ${subject}`.padEnd(62) + shown.map(column).join(""));
  }
  return lines.join("\n");
}

function summary(values: readonly number[]): { median: number; min: number; max: number } {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  const [low = NaN, high = NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return { median: (low + high) / 2, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(2);
}

function column(text: string): string {
  return text.padStart(13);
}
