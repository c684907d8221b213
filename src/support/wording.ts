const UNITS: readonly (readonly [number, string])[] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "m"],
];

/**
 * Seconds as people say them: "0.3s", "12s", "5m20s", "25m", "3h10m", "2d". Few of a unit are too
 * coarse alone.
 */
export function spoken(exactly: number): string {
  // What is due in three hours shall not be said to be due in 2h59m.
  const seconds = exactly < 10 ? exactly : Math.round(exactly);
  const at = UNITS.findIndex(([each]) => seconds >= each);
  const unit = UNITS[at];
  if (unit === undefined) {
    return `${seconds > 0 && seconds < 10 ? seconds.toFixed(1) : seconds}s`;
  }
  const [length, letter] = unit;
  const count = Math.floor(seconds / length);
  const [smaller, smallerLetter] = UNITS[at + 1] ?? [1, "s"];
  const rest = count < 10 ? Math.floor((seconds % length) / smaller) : 0;
  return `${count}${letter}${rest === 0 ? "" : `${rest}${smallerLetter}`}`;
}

/** How far a moment is from now: "5m ago", "in 3h"; "" where there is none. */
export function fromNow(date: Date | undefined, now: number): string {
  if (date === undefined) {
    return "";
  }
  const seconds = now - date.getTime() / 1000;
  // What was written a moment ago, by a clock that is a little ahead, is not still to come.
  return seconds > -0.05 ? `${spoken(Math.max(0, seconds))} ago` : `in ${spoken(-seconds)}`;
}

/** Where three, six, … digits follow, up to a point. */
const THOUSANDS = /(?<!\.\d*)\B(?=(?:\d{3})+(?!\d))/g;

/** 1234567 as "1,234,567". Without Intl, which takes a tenth of the program's start to load. */
export function counted(count: number): string {
  return String(Number(count.toFixed(3))).replaceAll(THOUSANDS, ",");
}

/** "1 job", "5,000 jobs". */
export function countOf(count: number, thing: string): string {
  return `${counted(count)} ${thing}${count === 1 ? "" : "s"}`;
}

/** Bytes as "1.2 GB". */
export function bytes(count: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  return `${(count / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
