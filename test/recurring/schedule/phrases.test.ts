import { describe, expect, it } from "vitest";
import { Schedule } from "../../../src/recurring/schedule/schedule.ts";
import { fugitsPhrases, ourPhrases } from "./phrases.ts";

const phrases = [...fugitsPhrases, ...ourPhrases];

describe("a phrase", () => {
  it.each(phrases)("%s is %s", (phrase, cron) => {
    expect(Schedule.parse(phrase).toString()).toBe(Schedule.parse(cron).toString());
  });

  it.each(phrases)("%s is told, and read again as the same", (phrase) => {
    const schedule = Schedule.parse(phrase);

    const again = Schedule.parse(schedule.describe());

    expect(again.toString()).toBe(schedule.toString());
    expect(again.describe()).toBe(schedule.describe());
  });
});
