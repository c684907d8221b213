// What schedules are compared with: it asks Intl for what the clocks of a zone show in each minute,
// and knows no arithmetic.

/** A change of a zone's clocks. */
export interface Transition {
  readonly zone: string;
  /** The first minute after it, in epoch seconds. */
  readonly at: number;
  /** What clocks would have shown then without it, as if that were UTC's. */
  readonly wall: number;
}

/** When a schedule occurs, said without cron. */
export type Expected =
  | {
      readonly isFixed: boolean;
      /** Whether it means a minute that clocks show. */
      readonly means: (shown: Date) => boolean;
    }
  | { readonly interval: number };

const DAY = 86_400;
const CALENDAR = 3 * 3600;

/** What clocks of a zone show, in epoch seconds of UTC. */
function clockOf(zone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    dateStyle: "short",
    timeStyle: "medium",
  });
  return (time) => {
    const shown = format.format(time * 1000);
    const [month = 1, day = 1, year = 0, hour, minute, second] = shown.split(/\D+/).map(Number);
    return Date.UTC(2000 + year, month - 1, day, hour, minute, second) / 1000;
  };
}

/** Each change of a zone's clocks from 2000 to 2040. */
export function* transitionsOf(zone: string): Generator<Transition> {
  const show = clockOf(zone);
  const offset = (time: number): number => show(time) - time;
  const end = Date.UTC(2041, 0, 1) / 1000;
  for (let day = Date.UTC(2000, 0, 1) / 1000; day < end; day += DAY) {
    if (offset(day) === offset(day + DAY)) continue;
    let [before, at] = [day, day + DAY];
    while (at - before > 60) {
      const middle = before + Math.round((at - before) / 120) * 60;
      if (offset(middle) === offset(day)) before = middle;
      else at = middle;
    }
    yield { zone, at, wall: at + offset(before) };
  }
}

/** The minutes around a change, with what clocks show. */
export interface Minutes {
  readonly times: readonly number[];
  readonly walls: readonly number[];
}

export function minutesAround({ zone, at }: Transition, hours: number): Minutes {
  const show = clockOf(zone);
  const length = hours * 120;
  const times = Array.from({ length }, (_, index) => at + (index - length / 2) * 60);
  return { times, walls: times.map(show) };
}

/** The minutes in which a schedule occurs, by the rule, but for the first of all. */
export function occurrences({ times, walls }: Minutes, expected: Expected): number[] {
  if ("interval" in expected) {
    return times.slice(1).filter((time) => time % expected.interval === 0);
  }
  const { isFixed, means } = expected;
  const seen = new Set<number>();
  const found: number[] = [];
  for (let index = 1; index < times.length; index += 1) {
    const [last, wall] = [walls[index - 1] as number, walls[index] as number];
    const jump = wall - last - 60;
    seen.add(last);
    if (Math.abs(jump) >= CALENDAR) seen.clear();
    const skipped = isFixed && jump > 0 && jump < CALENDAR ? range(last + 60, wall) : [];
    const isAgain = isFixed && seen.has(wall);
    const isMeant = [...(isAgain ? [] : [wall]), ...skipped].some((each) =>
      means(new Date(each * 1000)),
    );
    if (isMeant) found.push(times[index] as number);
  }
  return found;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / 60 }, (_, index) => from + index * 60);
}
