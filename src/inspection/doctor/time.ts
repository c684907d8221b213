import type { Adapter } from "../../adapters/adapter.ts";
import { clock } from "../../support/clock.ts";
import { spoken } from "../../support/wording.ts";
import type { Check } from "./examination.ts";

/** Seconds that clocks may differ; leases and schedules go by the store's. */
const CLOCKS_MAY_DIFFER = 2;

const ATTEMPTS = 5;

/** Seconds for one answer. */
const SLOW_ANSWER = 0.05;

/** How far the store's clock is from this machine's, and how long an answer takes. */
export const checkTime: Check = async ({ adapter }) => {
  const { roundTrip, difference } = await measure(adapter);
  const found = `${(roundTrip * 1000).toFixed(1)} ms for an answer`;
  return [
    difference <= CLOCKS_MAY_DIFFER + roundTrip
      ? {
          check: "clock",
          level: "ok",
          found: "the store's clock and this machine's agree",
          seconds: difference,
        }
      : {
          check: "clock",
          level: "wrong",
          problem: "clocks-differ",
          found: `the store's clock and this machine's differ by ${spoken(difference)}`,
          todo: "Set both by NTP: times of failures and schedules are wrong until then",
          seconds: difference,
        },
    roundTrip <= SLOW_ANSWER
      ? { check: "latency", level: "ok", found, seconds: roundTrip }
      : {
          check: "latency",
          level: "warning",
          problem: "slow-answers",
          found,
          todo: "Run workers near their store; look there for slow commands (Redis: SLOWLOG GET)",
          seconds: roundTrip,
        },
  ];
};

/** In seconds. */
interface Measured {
  readonly roundTrip: number;
  readonly difference: number;
}

/**
 * The quickest of some: the first one may have to open the connection, and this process is busy at
 * its start.
 */
async function measure({ store }: Adapter): Promise<Measured> {
  let best: Measured = { roundTrip: Infinity, difference: 0 };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = clock.monotonic();
    const theirs = await store.now();
    const roundTrip = clock.monotonic() - before;
    if (roundTrip < best.roundTrip) {
      best = { roundTrip, difference: Math.abs(clock.now() - theirs) };
    }
  }
  return best;
}
