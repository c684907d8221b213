import type { FileEntry } from "./file-entry.ts";

const SECONDS: readonly (readonly [RegExp, number])[] = [
  [/^s(?:ec(?:ond)?s?)?$/i, 1],
  [/^m(?:in(?:ute)?s?)?$/, 60],
  [/^h(?:(?:ou)?rs?)?$/i, 3600],
  [/^d(?:ays?)?$/i, 86_400],
  [/^w(?:eeks?)?$/i, 604_800],
];
const PART = /(\d+(?:\.\d+)?)\s*([a-z]+)/gi;

/** A duration as Fugit reads one, in seconds: `45m`, `1h30m`, `2 hours and 30 minutes`, `90`. */
export function readRubyDuration(text: string, entry: FileEntry, setting: string): number {
  if (/^\d+$/.test(text.trim())) {
    return Number(text);
  }
  const isAll = text.replaceAll(PART, "").replaceAll(/[\s,]|and/gi, "") === "";
  const parts = [...text.matchAll(PART)].map(([, count, unit = ""]) => {
    const size = SECONDS.find(([pattern]) => pattern.test(unit))?.[1];
    return size === undefined ? NaN : Number(count) * size;
  });
  const sum = parts.reduce((one, other) => one + other, 0);
  if (!isAll || parts.length === 0 || Number.isNaN(sum)) {
    const whatToDo = 'Write one such as "45m", "1h30m" or "2 days"; months and years are a cron\'s';
    throw entry.refuse(setting, `"${text}" is no duration`, whatToDo);
  }
  return sum;
}
