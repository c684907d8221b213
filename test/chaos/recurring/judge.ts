import type { Found } from "./found.ts";
import { keyOf, kindOf } from "./tick.ts";

/** What was done, in epoch seconds by the store's clock. */
export interface Course {
  readonly schedules: number;
  /** All workers of the old release work, and nothing has been done to them. */
  readonly began: number;
  /** From the old release to the new one. */
  readonly deployed: Deploy;
  /** And back. */
  readonly rolledBack: Deploy;
  readonly ended: number;
  /** No worker is there from the first to the second. */
  readonly away: readonly [number, number];
  /** To be added to the monotonic clock. */
  readonly offset: number;
}

/** Workers are replaced by those of another release. */
export interface Deploy {
  readonly began: number;
  /** The first of the other release is there. */
  readonly firstThere: number;
  /** The last of the release before is about to go. */
  readonly lastLeft: number;
  /** It is gone. */
  readonly ended: number;
}

export interface Verdict {
  readonly occurrences: number;
  /** Jobs that ran again: they were with a worker that was killed, or was silent for too long. */
  readonly repeated: number;
  /** Occurrences without a job while no worker was there, which `catchUp` leaves out. */
  readonly leftOut: number;
  readonly problems: readonly string[];
}

/** An occurrence that is later than that was missed. */
const LATE = 60;

/** Counts each occurrence that there has to be, and finds those that should not be there. */
export function judge(all: ReadonlyMap<string, Found>, course: Course): Verdict {
  const problems: string[] = [];
  let [occurrences, repeated, leftOut] = [0, 0, 0];
  for (let index = 0; index < course.schedules; index += 1) {
    const key = keyOf(index);
    const found = all.get(key);
    const seconds = found?.seconds ?? [];
    occurrences += seconds.length;
    for (const [second, count] of found?.kept ?? []) {
      if (count + (found?.runs.get(second)?.length ?? 0) > 1) {
        problems.push(`${key} has several jobs at ${second}`);
      }
    }
    for (const runs of found?.runs.values() ?? []) repeated += runs.length - 1;
    const missing = spans(index, course).flatMap((span) => missingIn(new Set(seconds), span));
    const excused = missing.filter((second) => mayBeMissing(index, second, course));
    leftOut += excused.length;
    const lost = missing.length - excused.length;
    if (lost > 0) {
      const first = missing.find((second) => !excused.includes(second));
      problems.push(`${key} (${kindOf(index)}) lacks ${lost} occurrences, the first at ${first}`);
    }
    const stray = seconds.filter((second) => isStray(index, second, course));
    if (stray.length > 0) {
      problems.push(`${key} (${kindOf(index)}) has ${stray.length} too many, one at ${stray[0]}`);
    }
    if (kindOf(index) === "changed") problems.push(...faultsOfChange(index, seconds, course));
  }
  return { occurrences, repeated, leftOut, problems };
}

/** How late jobs began while nothing was done to workers: milliseconds. */
export function lateness(
  all: ReadonlyMap<string, Found>,
  { began, until, offset }: Pick<Course, "began" | "offset"> & { readonly until: number },
): { readonly p50: number; readonly p99: number; readonly most: number; readonly jobs: number } {
  const late = [...all.values()]
    .flatMap(({ runs }) => [...runs])
    .filter(([second]) => second >= began && second < until)
    .map(([second, [first = NaN]]) => (first / 1e6 + offset - second) * 1000)
    .toSorted((one, other) => one - other);
  const at = (share: number): number =>
    Math.round((late[Math.floor((late.length - 1) * share)] ?? NaN) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99), most: at(1), jobs: late.length };
}

type Span = readonly [number, number];

/** Each second of them has to have its job. */
function spans(index: number, { began, deployed, rolledBack, ended }: Course): readonly Span[] {
  switch (kindOf(index)) {
    case "same":
      return [[began, ended]];
    case "new":
      return [[deployed.firstThere, rolledBack.lastLeft - 1]];
    case "old":
      return [
        [began, deployed.lastLeft - 1],
        [rolledBack.firstThere, ended],
      ];
    // By which schedule it goes in between is found out from what there is.
    case "changed":
      return [
        [began, deployed.began - 1],
        [rolledBack.ended + 1, ended],
      ];
  }
}

function missingIn(there: ReadonlySet<number>, [first, last]: Span): number[] {
  const missing: number[] = [];
  for (let second = first; second <= last; second += 1) {
    if (!there.has(second)) missing.push(second);
  }
  return missing;
}

function mayBeMissing(index: number, second: number, { away: [left, back] }: Course): boolean {
  return index % 3 !== 1 && second >= left && second <= back - LATE;
}

/** What only the new release has does not occur where no worker of it is there. What the old one has is made up for later. */
function isStray(index: number, second: number, { deployed, rolledBack }: Course): boolean {
  return kindOf(index) === "new" && (second < deployed.began || second > rolledBack.ended);
}

/** Each second, from some moment on each even one, and from another on each again. */
function faultsOfChange(index: number, seconds: readonly number[], course: Course): string[] {
  const { began } = course.rolledBack;
  const lastOdd = seconds.findLast((second) => second % 2 === 1 && second < began) ?? -Infinity;
  const firstOdd = seconds.find((second) => second % 2 === 1 && second >= began) ?? Infinity;
  return seconds.flatMap((second, at) => {
    const before = seconds[at - 1] ?? second;
    const isEach = before <= lastOdd || second >= firstOdd;
    const expected = before + (isEach ? 1 : 2);
    return at === 0 || second === expected || mayBeMissing(index, expected, course)
      ? []
      : [`${keyOf(index)} (changed) has ${second} after ${before}`];
  });
}
