import { clock } from "../../support/clock.ts";
import { spoken } from "../../support/wording.ts";
import type { Check } from "./finding.ts";

/** Seconds that clocks may differ; leases and schedules go by the store's. */
const CLOCKS_MAY_DIFFER = 2;

const ATTEMPTS = 5;

/** Seconds for one answer. */
const SLOW_ANSWER = 0.05;

/** How far the store's clock is from this machine's, and how long an answer takes. */
export const checkTime: Check = async ({ adapter }) => {
  let [roundTrip, difference] = [Infinity, 0];
  // The quickest of some: the first one may have to open the connection, and this process is busy at its start.
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = clock.monotonic();
    const theirs = await adapter.store.now();
    const took = clock.monotonic() - before;
    if (took < roundTrip) {
      [roundTrip, difference] = [took, Math.abs(clock.now() - theirs)];
    }
  }
  const milliseconds = `${(roundTrip * 1000).toFixed(1)} ms for an answer`;
  return [
    difference <= CLOCKS_MAY_DIFFER + roundTrip
      ? { check: "clock", level: "ok", found: "the store's clock and this machine's agree" }
      : {
          check: "clock",
          level: "wrong",
          found: `the store's clock and this machine's differ by ${spoken(difference)}`,
          todo: "Set both by NTP: times of failures and schedules are wrong until then",
        },
    roundTrip <= SLOW_ANSWER
      ? { check: "latency", level: "ok", found: milliseconds }
      : {
          check: "latency",
          level: "warning",
          found: milliseconds,
          todo: "Run workers near their Redis; look for slow commands with SLOWLOG GET",
        },
  ];
};
