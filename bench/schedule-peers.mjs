// What bench/schedules.ts compares with: installed by `npm install --prefix bench`, and without types here.
import { CronExpressionParser } from "cron-parser";
import { Cron } from "croner";

/** By the name of each: a function from a cron and its time zone to what finds the next time. */
export const peers = {
  croner: (cron, timezone) => {
    const schedule = new Cron(cron, { timezone, paused: true });
    return (after) => schedule.nextRun(after);
  },
  "cron-parser": (cron, tz) => {
    const schedule = CronExpressionParser.parse(cron, { tz });
    return (after) => {
      schedule.reset(after);
      return schedule.next().toDate();
    };
  },
};
