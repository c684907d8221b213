import { runsOf } from "./cron-field.ts";

/** `9am, 3pm and 9pm` */
export function englishList(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** Numbers in their order, in which three and more in a row are a range. */
export function rangesOf(
  values: readonly number[],
  { word = String, to = "to" }: { word?: (value: number) => string; to?: string } = {},
): string[] {
  return runsOf(values).flatMap(([first, last]) => {
    const isRange = last - first >= 2;
    const ends = last > first ? [word(first), word(last)] : [word(first)];
    return isRange ? [ends.join(` ${to} `)] : ends;
  });
}

/** `1st`, `22nd`, `last` for -1. */
export function ordinalOf(number: number): string {
  if (number === -1) {
    return "last";
  }
  const isTeen = number % 100 >= 11 && number % 100 <= 13;
  const ending = isTeen ? undefined : ["th", "st", "nd", "rd"][number % 10];
  return `${number}${ending ?? "th"}`;
}
