import type { CronField } from "./cron-field.ts";
import type { Cron } from "./cron.ts";
import { describeDays } from "./describe-days.ts";
import { englishList, rangesOf } from "./english-list.ts";
import type { Sentence } from "./recurrence.ts";

/** More times than that are told by their hours and minutes. */
const MOST_TIMES = 12;
/** From so many hours in a row on, a span is told. */
const SPAN = 4;

/** What a cron is in English, with the name of its time zone behind. */
export function describeCron(cron: Cron, timeZone: string): Sentence {
  const zone = timeZone === "UTC" ? "" : ` ${timeZone}`;
  const days = describeDays(cron.days);
  const frequency = frequencyOf(cron);
  if (frequency !== undefined) {
    return { start: `${frequency}${days.on}`, times: [], end: zone };
  }
  const times = timesOf(cron);
  if (times.length <= MOST_TIMES) {
    return { start: `${days.every} at `, times, end: zone };
  }
  const start = `at ${pointsOf("minute", cron.minutes)} of ${pointsOf("hour", cron.hours)}`;
  return { start: `${start}${atSeconds(cron.seconds)}${days.on}`, times: [], end: zone };
}

/** `every 15 minutes from 08:00 to 17:00`; `undefined` where its times have to be told. */
function frequencyOf({ seconds, minutes, hours }: Cron): string | undefined {
  const minuteStep = stepOf(minutes, 60);
  if (minuteStep === 1 && stepOf(seconds, 60) !== undefined) {
    return `${everyUnit(stepOf(seconds, 60) as number, "second")}${inHours(hours)}`;
  }
  if (minuteStep !== undefined) {
    return `${everyUnit(minuteStep, "minute")}${atSeconds(seconds)}${inHours(hours)}`;
  }
  const offset = offsetStep(minutes.values);
  const hourStep = stepOf(hours, 24);
  if (offset !== undefined && (hourStep === 1 || isSpan(hours))) {
    const starting = ` starting at minute ${minutes.values[0]}`;
    return `${everyUnit(offset, "minute")}${starting}${atSeconds(seconds)}${inHours(hours)}`;
  }
  const isFullHour = minutes.values.length === 1 && minutes.values[0] === 0;
  if (hourStep !== undefined) {
    const at = isFullHour ? "" : ` at ${pointsOf("minute", minutes)}`;
    return `${everyUnit(hourStep, "hour")}${at}${atSeconds(seconds)}`;
  }
  const [first = 0] = hours.values;
  if (isSpan(hours) && hours.values.length >= SPAN && minutes.values.length === 1) {
    const [from, to] = [first, hours.values.at(-1) as number].map((hour) =>
      clock(hour, minutes.values[0]),
    );
    return `every hour from ${from} to ${to}${atSeconds(seconds)}`;
  }
  return undefined;
}

/** By how much a star goes on, if by the same all around. */
function stepOf({ values, hasStar }: CronField, size: number): number | undefined {
  const step = size / values.length;
  const isEven = values.every((value, index) => value === index * step);
  return hasStar && isEven && step < size ? step : undefined;
}

/** By how much minutes go on that begin later than at 0. */
function offsetStep(values: readonly number[]): number | undefined {
  const [first = 0] = values;
  const step = 60 / values.length;
  const isEven = values.every((value, index) => value === first + index * step);
  return values.length > 1 && Number.isInteger(step) && first > 0 && isEven ? step : undefined;
}

/** Whether hours follow one another, within a day. */
function isSpan({ values, hasStar }: CronField): boolean {
  return !hasStar && values.every((value, index) => value === (values[0] as number) + index);
}

/** The end of a span of minutes is the first hour that does not belong to it. */
function inHours(hours: CronField): string {
  if (hours.values.length === 24) {
    return "";
  }
  const [first, last] = [hours.values[0] as number, hours.values.at(-1) as number];
  return isSpan(hours)
    ? ` from ${clock(first)} to ${clock((last + 1) % 24)}`
    : ` of ${pointsOf("hour", hours)}`;
}

function atSeconds(seconds: CronField): string {
  const isFullMinute = seconds.values.length === 1 && seconds.values[0] === 0;
  return isFullMinute ? "" : ` at ${pointsOf("second", seconds)}`;
}

function pointsOf(unit: string, { values }: CronField): string {
  return `${unit}${values.length === 1 ? "" : "s"} ${englishList(rangesOf(values))}`;
}

function timesOf({ hours, minutes, seconds }: Cron): string[] {
  return hours.values.flatMap((hour) =>
    minutes.values.flatMap((minute) => seconds.values.map((second) => clock(hour, minute, second))),
  );
}

function clock(hour: number, minute = 0, second = 0): string {
  const parts = second === 0 ? [hour, minute] : [hour, minute, second];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

function everyUnit(count: number, unit: string): string {
  return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
}
