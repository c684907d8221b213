import type { Definition } from "../definition.ts";
import { CATCH_UP_WITHIN } from "../recurring-options.ts";
import type { Schedule } from "../schedule/schedule.ts";

/**
 * Seconds. What is due for longer was missed; until then it is late, and runs whatever `catchUp`
 * says.
 */
const LATE = 60;
/** How many are claimed at once. */
const MOST = 1_000;

/** What is due of a recurring job. */
export interface Due {
  /** When occurrences are to have their jobs, in order; epoch seconds. */
  readonly occurrences: readonly number[];
  /** Up to when all is dealt with then, the ones that are left out included. */
  readonly until: number;
}

/**
 * The occurrences after a time that are to have their jobs now.
 *
 * @param span Epoch seconds: after which, and up to which.
 */
export function dueOf(
  definition: Definition,
  schedule: Schedule,
  { after, now }: { readonly after: number; readonly now: number },
): Due {
  const { catchUp = "latest", catchUpWithin = CATCH_UP_WITHIN } = definition;
  const { startAt = -Infinity, endAt = Infinity } = definition;
  const first = Math.max(after, startAt - 0.001);
  const last = Math.min(now, endAt);
  const onTime = take(schedule, Math.max(first, now - LATE), last);
  const missedFrom = Math.max(first, now - catchUpWithin);
  const missedTo = Math.min(last, now - LATE);
  if (missedFrom >= missedTo || catchUp === "none" || (catchUp === "latest" && onTime.length > 0)) {
    return ended(onTime, now);
  }
  if (catchUp === "latest") {
    const previous = schedule.previous(new Date(missedTo * 1000 + 1));
    const at = previous === undefined ? -Infinity : previous.getTime() / 1000;
    return { occurrences: at > missedFrom ? [at] : [], until: now };
  }
  const missed = take(schedule, missedFrom, missedTo);
  return missed.length === MOST ? ended(missed, now) : ended([...missed, ...onTime], now);
}

/** When the next one is due; `undefined` where none comes any more. */
export function nextOf(
  { startAt = -Infinity, endAt = Infinity, isDisabled }: Definition,
  schedule: Schedule,
  after: number,
): number | undefined {
  if (isDisabled === true) {
    return undefined;
  }
  const next = schedule.next(new Date(Math.max(after, startAt - 0.001) * 1000));
  return next === undefined || next.getTime() / 1000 > endAt ? undefined : next.getTime() / 1000;
}

function take(schedule: Schedule, after: number, until: number): number[] {
  const taken: number[] = [];
  if (after < until) {
    for (const time of schedule.between(new Date(after * 1000), new Date(until * 1000))) {
      taken.push(time.getTime() / 1000);
      if (taken.length === MOST) break;
    }
  }
  return taken;
}

/** Where there are more they follow in another step. */
function ended(occurrences: readonly number[], now: number): Due {
  const most = occurrences.slice(0, MOST);
  return { occurrences: most, until: most.length === MOST ? (most.at(-1) ?? now) : now };
}
