import type { Story } from "./ledger.ts";
import type { Sent } from "./load.ts";

/** How often jobs of a key may begin. */
export interface Rate {
  readonly key: string;
  readonly perSecond: number;
  readonly burst: number;
}

/** Seconds from the moment in which the store handed out a job to that in which it notes that it runs, on a busy machine. */
const ON_THE_WAY = 1;

/**
 * Whether more began than a rate lets in any window at all: a bucket that drains at that rate never holds more than
 * the burst, and what may have been on the way.
 */
export function faultsOfRates(
  sent: readonly Sent[],
  stories: ReadonlyMap<number, Story>,
): readonly string[] {
  const rates = new Map<Rate, number[]>();
  for (const { number, rate } of sent) {
    if (rate !== undefined) {
      const begins = rates.get(rate) ?? [];
      begins.push(...(stories.get(number)?.begins ?? []));
      rates.set(rate, begins);
    }
  }
  return [...rates].flatMap(([rate, begins]) => {
    const most = mostInBucket(begins, rate);
    const allowed = rate.burst + ON_THE_WAY * rate.perSecond;
    return most > allowed
      ? [`${rate.key}: ${most.toFixed(1)} began beyond its rate, and ${allowed} may`]
      : [];
  });
}

/** @param begins Microseconds. */
function mostInBucket(begins: readonly number[], { perSecond }: Rate): number {
  let [level, most, before] = [0, 0, -Infinity];
  for (const at of begins.toSorted((a, b) => a - b)) {
    level = Math.max(0, level - ((at - before) / 1e6) * perSecond) + 1;
    most = Math.max(most, level);
    before = at;
  }
  return most;
}
