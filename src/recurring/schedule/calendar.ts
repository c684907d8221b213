/** The seconds of a day of 24 hours. */
export const DAY = 86_400;

/** A month is a number: twelve times its year, and its place in the year from 0. */
export type Month = number;

/** The month in which a day is, days being counted from 1 January 1970. */
export function monthOf(day: number): Month {
  // H. Hinnant, "chrono-compatible low-level date algorithms": years begin in March, eras are of
  // 400 years.
  const fromMarch = day + 719_468;
  const era = Math.floor(fromMarch / 146_097);
  const dayOfEra = fromMarch - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  return (yearOfEra + era * 400) * 12 + marchMonth + 2;
}

/** The number of a month's first day. */
export function firstDayOf(month: Month): number {
  const fromMarch = month - 2;
  const year = Math.floor(fromMarch / 12);
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * (fromMarch - year * 12) + 2) / 5);
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The day of the week of a day: 0 is Sunday. */
export function weekdayOf(day: number): number {
  return remainder(day + 4, 7);
}

/** The remainder that is never negative. */
export function remainder(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
