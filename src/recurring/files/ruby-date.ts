import { Schedule } from "../schedule/schedule.ts";
import { TimeZone } from "../schedule/time-zone.ts";
import type { FileEntry } from "./file-entry.ts";

const DATE =
  /^(\d{4})[-/](\d\d?)[-/](\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d))?(?:\s*(Z|UTC|[+-]\d\d:?\d\d|[A-Z][a-z]+\/\w+))?)?$/;

/**
 * A point in time as `DateTime.parse` reads one: `2030/01/31 09:00`, in the time zone behind it,
 * else in the one given.
 */
export function readRubyDate(
  text: string,
  { entry, timeZone }: { readonly entry: FileEntry; readonly timeZone: string },
): Schedule {
  const [isDate, year, month, day, hour = "0", minute = "0", second = "0", zone = timeZone] =
    DATE.exec(text.trim()) ?? [];
  const wall =
    Date.UTC(Number(year), Number(month) - 1, ...[day, hour, minute, second].map(Number)) / 1000;
  const isOne = new Date(wall * 1000).getUTCDate() === Number(day);
  const known = TimeZone.named(zone);
  if (isDate === undefined || !isOne || known === undefined) {
    const whatToDo = 'Write one such as "2030-01-31 09:00 Europe/Amsterdam"';
    throw entry.refuse("at", `"${text}" is no point in time`, whatToDo);
  }
  const { offset } = known.periodAt(wall - known.periodAt(wall).offset);
  return entry.schedule(
    "at",
    `@at ${new Date((wall - offset) * 1000).toISOString().replace(".000Z", "Z")}`,
  );
}
