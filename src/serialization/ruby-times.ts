import { shared } from "../support/shared-state.ts";

/** How Ruby has a moment, with all digits and its zone; a Date has milliseconds and none. */
export interface RubyTime {
  readonly serializer: "TimeSerializer" | "DateTimeSerializer" | "TimeWithZoneSerializer";
  /** ISO 8601. */
  readonly value: string;
  /** Of a `TimeWithZone`; Active Job before 7.1 does not say. */
  readonly timeZone?: string;
}

const times = shared(
  "ruby-times",
  () => new WeakMap<Date, { readonly time: RubyTime; readonly milliseconds: number }>(),
);

/**
 * Notes what Ruby has for a Date. It holds for that very object, until it is set to another time.
 */
export function noteRubyTime(date: Date, time: RubyTime): Date {
  times.set(date, { time, milliseconds: date.getTime() });
  return date;
}

export function rubyTimeOf(date: Date): RubyTime {
  const noted = times.get(date);
  return noted !== undefined && noted.milliseconds === date.getTime()
    ? noted.time
    : { serializer: "TimeSerializer", value: isoOf(date) };
}

/** As Ruby prints and reads a time: nine digits, and no plus before a year. */
export function isoOf(date: Date): string {
  return date
    .toISOString()
    .replace(/^\+/, "")
    .replace(/\.(\d{3})Z$/, ".$1000000Z");
}

const ISO = /^([-+]?\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[-+]\d\d:?\d\d)$/;

/** @returns `undefined` where the text is no time in ISO 8601, or one that no Date can have. */
export function dateOfIso(text: string): Date | undefined {
  const [, year, month, day, hour, minute, second, fraction = "", zone] = ISO.exec(text) ?? [];
  if (zone === undefined) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), milliseconds(fraction));
  date.setTime(date.getTime() - offsetMinutes(zone) * 60_000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function milliseconds(fraction: string): number {
  return Number(fraction.padEnd(3, "0").slice(0, 3));
}

function offsetMinutes(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith("-") ? -minutes : minutes;
}
