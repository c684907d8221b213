import { describe, expect, it } from "vitest";
import { DayCounts } from "../../../src/adapters/memory/day-counts.ts";

const NOON = Date.UTC(2030, 0, 10, 12) / 1000;
const DAY = 86_400;

describe("DayCounts", () => {
  it("gives each day what was counted on it", () => {
    const days = new DayCounts();
    days.note(NOON, { processed: 0, failed: 0 });
    days.note(NOON + 60, { processed: 3, failed: 0 });
    days.note(NOON + DAY, { processed: 5, failed: 1 });
    days.note(NOON + 3 * DAY, { processed: 9, failed: 1 });

    expect(days.last(5, NOON + 3 * DAY, { processed: 10, failed: 2 })).toEqual([
      { date: "2030-01-09", processed: 0, failed: 0 },
      { date: "2030-01-10", processed: 5, failed: 1 },
      { date: "2030-01-11", processed: 4, failed: 0 },
      { date: "2030-01-12", processed: 0, failed: 0 },
      { date: "2030-01-13", processed: 1, failed: 1 },
    ]);
  });

  it("closes a day when it is asked, too", () => {
    const days = new DayCounts();
    days.note(NOON, { processed: 0, failed: 0 });

    expect(days.last(2, NOON + DAY, { processed: 7, failed: 0 })).toEqual([
      { date: "2030-01-10", processed: 7, failed: 0 },
      { date: "2030-01-11", processed: 0, failed: 0 },
    ]);
  });

  it("is not led astray by a clock that goes back", () => {
    const days = new DayCounts();
    days.note(NOON, { processed: 0, failed: 0 });
    days.note(NOON - DAY, { processed: 1, failed: 0 });

    expect(days.last(1, NOON, { processed: 2, failed: 0 })).toEqual([
      { date: "2030-01-10", processed: 2, failed: 0 },
    ]);
  });
});
