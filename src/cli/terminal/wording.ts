const UNITS: readonly (readonly [number, string])[] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "m"],
];

/** Seconds as people say them: "0.3s", "12s", "5m", "3h", "2d". */
export function spoken(seconds: number): string {
  const [length, unit] = UNITS.find(([each]) => seconds >= each) ?? [1, "s"];
  const count = seconds / length;
  return `${seconds > 0 && seconds < 10 ? count.toFixed(1) : Math.floor(count)}${unit}`;
}

/** How far a moment is from now: "5m ago", "in 3h"; "" where there is none. */
export function fromNow(date: Date | undefined, now: number): string {
  if (date === undefined) {
    return "";
  }
  const seconds = now - date.getTime() / 1000;
  return seconds >= 0 ? `${spoken(seconds)} ago` : `in ${spoken(-seconds)}`;
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
