import type { RetryWait } from "./error-rules.ts";
import { settings } from "../settings/settings.ts";

const DAY = 86_400;
const told = new Set<string>();

/**
 * Warns, once for each place, of a number of seconds that was most likely meant as milliseconds: a
 * whole number above a day, such as `5 * 60 * 1000`. Whole days (up to 1,000) and hours that are no
 * full thousand are seconds as people write them: `7 * 86_400`, `36 * 3_600`.
 *
 * @param where What it is for, as messages say it: `"wait of SendInvoice"`.
 */
export function warnOfMilliseconds(duration: unknown, where: string): void {
  if (typeof duration !== "number" || !(duration > DAY) || !areLikely(duration)) return;
  if (told.size !== told.add(where).size) {
    settings().logger.warn(
      {},
      `The ${where} is ${duration}, and a number is seconds: ${inDays(duration)} days. Write ` +
        `"${written(duration / 1000)}" if milliseconds were meant, else "${written(duration)}". This is said once`,
    );
  }
}

/** The same for how long a `retryOn` waits, which may be a function. */
export function watchedWait(wait: RetryWait, where: string): RetryWait {
  if (typeof wait !== "function") {
    warnOfMilliseconds(wait, where);
    return wait;
  }
  return (executions, error) => {
    const duration = wait(executions, error);
    warnOfMilliseconds(duration, where);
    return duration;
  };
}

function areLikely(duration: number): boolean {
  const areDays = duration % DAY === 0 && duration < 1000 * DAY;
  const areHours = duration % 3_600 === 0 && duration % 1000 !== 0;
  return Number.isInteger(duration) && !areDays && !areHours;
}

function inDays(duration: number): string {
  return (duration / DAY).toFixed(1).replace(/\.0$/, "");
}

/** In the largest unit of which it is a whole number. */
function written(seconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => seconds % each === 0) ?? (["second", 1] as const);
  const amount = seconds / length;
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}

const UNITS = [
  ["day", DAY],
  ["hour", 3_600],
  ["minute", 60],
] as const;
