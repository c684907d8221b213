import { describe, expect, it } from "vitest";
import { Schedule } from "../../../src/recurring/schedule/schedule.ts";
import {
  minutesAround,
  occurrences,
  transitionsOf,
  type Expected,
  type Transition,
} from "./wall-clock.ts";

// EVERY_ZONE=1 tries all (a quarter of an hour); else some of them, always the same, and those that
// are special.
const zones = Intl.supportedValuesOf("timeZone");
const special = [
  "America/New_York",
  "America/Santiago",
  "America/St_Johns",
  "Antarctica/Casey",
  "Antarctica/Troll",
  "Asia/Gaza",
  "Australia/Lord_Howe",
  "Europe/Amsterdam",
  "Pacific/Apia",
];
const tried = process.env["EVERY_ZONE"] ? zones : zones.filter((_, index) => index % 64 === 0);

describe("where clocks change", () => {
  it("keeps the rule for fixed, wildcard and interval schedules", { timeout: 3_600_000 }, () => {
    let compared = 0;
    const mistakes: object[] = [];
    for (const zone of new Set([...tried, ...special])) {
      for (const transition of transitionsOf(zone)) {
        const minutes = minutesAround(transition, 4);
        for (const [text, expected] of schedulesAround(transition)) {
          const schedule = Schedule.parse(text, { timeZone: zone });
          const wanted = occurrences(minutes, expected);
          compared += 1;
          mistakes.push(
            ...mistakesOf(schedule, wanted, minutes.times).map((each) => ({ zone, text, ...each })),
          );
        }
      }
    }

    expect(mistakes).toEqual([]);
    expect(compared).toBeGreaterThan(10_000);
  });
});

/**
 * Where a schedule does not occur as it should: all of it in a row, and looked for from each ten
 * minutes on, and once back.
 */
function mistakesOf(
  schedule: Schedule,
  wanted: readonly number[],
  times: readonly number[],
): object[] {
  const [first, last] = [times[0] as number, times.at(-1) as number];
  const between = [...schedule.between(dateOf(first), dateOf(last))].map(secondsOf);
  const inRow = String(between) === String(wanted) ? [] : [{ between, wanted }];
  const from = times.filter((_, index) => index > 0 && index % 10 === 0);
  const after = from.flatMap((time) => {
    const next = schedule.next(dateOf(time - 1));
    const following = wanted.find((each) => each >= time);
    const isRight = following === undefined || following === secondsOf(next);
    return isRight ? [] : [{ from: dateOf(time), next }];
  });
  const back = wanted.slice(-1).flatMap((time) => {
    const previous = schedule.previous(dateOf(last));
    return secondsOf(previous) === time || time === last ? [] : [{ until: dateOf(last), previous }];
  });
  return [...inRow, ...after, ...back];
}

function dateOf(time: number): Date {
  return new Date(time * 1000);
}

function secondsOf(date: Date | undefined): number {
  return date === undefined ? NaN : date.getTime() / 1000;
}

function schedulesAround({ wall }: Transition): [string, Expected][] {
  const at = (minutes: number): Date => new Date((wall + minutes * 60) * 1000);
  const fixed = [-30, 0, 1, 30, 59, 60].map((minutes): [string, Expected] => {
    const time = at(minutes);
    const [hour, minute] = [time.getUTCHours(), time.getUTCMinutes()];
    return [
      `${minute} ${hour} * * *`,
      {
        isFixed: true,
        means: (shown) => shown.getUTCHours() === hour && shown.getUTCMinutes() === minute,
      },
    ];
  });
  const [before, hour, next] = [at(-30), at(0), at(60)].map((time) => time.getUTCHours()) as [
    number,
    number,
    number,
  ];
  const day = at(-30).getUTCDate();
  const isEvery = (minutes: number) => (shown: Date) => shown.getUTCMinutes() % minutes === 0;
  return [
    ...fixed,
    [
      `0,30 ${hour},${next} * * *`,
      {
        isFixed: true,
        means: (shown) => [hour, next].includes(shown.getUTCHours()) && isEvery(30)(shown),
      },
    ],
    [
      `15 0-23 ${day} * *`,
      {
        isFixed: true,
        means: (shown) => shown.getUTCDate() === day && shown.getUTCMinutes() === 15,
      },
    ],
    [
      `*/15 ${hour} * * *`,
      { isFixed: false, means: (shown) => shown.getUTCHours() === hour && isEvery(15)(shown) },
    ],
    [
      `*/15 ${before} ${day} * *`,
      {
        isFixed: false,
        means: (shown) =>
          shown.getUTCDate() === day && shown.getUTCHours() === before && isEvery(15)(shown),
      },
    ],
    ["@every 2400s", { interval: 2400 }],
    ["30 * * * *", { isFixed: false, means: (shown) => shown.getUTCMinutes() === 30 }],
    ["*/20 * * * *", { isFixed: false, means: isEvery(20) }],
    [
      "0 */2 * * *",
      { isFixed: false, means: (shown) => shown.getUTCHours() % 2 === 0 && isEvery(60)(shown) },
    ],
  ];
}
