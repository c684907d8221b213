// When a recurring job is due next, on its page, where the clocks of its time zone change.
import { Command, recurring } from "mandate";
import { expect, it } from "vitest";
import { onEachStore } from "../inspection/on-each-store.ts";
import { Visitor } from "./visitor.ts";

class Report extends Command {
  call(): void {}
}

/** What the page says of when it is due: its first words, without how long that is from now. */
async function nextOf(schedule: string, from: string): Promise<readonly string[]> {
  await recurring.define("report", schedule, Report.prepare(), { startAt: new Date(from) });
  const visitor = new Visitor();
  const path = "/recurring/r?key=report";
  const { text } = await visitor.get(path);
  const items = [...text.matchAll(/<li>([^<]*), <time datetime="([^"]+)"[^>]*>in /g)];
  // What it says for people is what it says for programs.
  const { next } = await visitor.json<{ next: string[] }>(path);
  expect(items.map(([, , datetime]) => datetime)).toEqual(next);
  expect(next).toHaveLength(5);
  return items.map(([, said = ""]) => said);
}

onEachStore("the next times of a recurring job, by the clocks of its zone", () => {
  it("stay where they are on the clock when it is set forward", async () => {
    expect(await nextOf("every day at 8am Europe/Amsterdam", "2031-03-28T12:00:00Z")).toEqual([
      "2031-03-29 08:00 Europe/Amsterdam (+01:00), 2031-03-29 07:00 UTC",
      "2031-03-30 08:00 Europe/Amsterdam (+02:00), 2031-03-30 06:00 UTC",
      "2031-03-31 08:00 Europe/Amsterdam (+02:00), 2031-03-31 06:00 UTC",
      "2031-04-01 08:00 Europe/Amsterdam (+02:00), 2031-04-01 06:00 UTC",
      "2031-04-02 08:00 Europe/Amsterdam (+02:00), 2031-04-02 06:00 UTC",
    ]);
  });

  it("stay where they are on the clock when it is set back", async () => {
    expect(await nextOf("every day at 8am America/New_York", "2031-11-01T00:00:00Z")).toEqual([
      "2031-11-01 08:00 America/New_York (-04:00), 2031-11-01 12:00 UTC",
      "2031-11-02 08:00 America/New_York (-05:00), 2031-11-02 13:00 UTC",
      "2031-11-03 08:00 America/New_York (-05:00), 2031-11-03 13:00 UTC",
      "2031-11-04 08:00 America/New_York (-05:00), 2031-11-04 13:00 UTC",
      "2031-11-05 08:00 America/New_York (-05:00), 2031-11-05 13:00 UTC",
    ]);
  });

  it("come at the first instant after a time that is skipped", async () => {
    expect(await nextOf("30 2 * * * America/New_York", "2031-03-08T00:00:00Z")).toEqual([
      "2031-03-08 02:30 America/New_York (-05:00), 2031-03-08 07:30 UTC",
      "2031-03-09 03:00 America/New_York (-04:00), 2031-03-09 07:00 UTC",
      "2031-03-10 02:30 America/New_York (-04:00), 2031-03-10 06:30 UTC",
      "2031-03-11 02:30 America/New_York (-04:00), 2031-03-11 06:30 UTC",
      "2031-03-12 02:30 America/New_York (-04:00), 2031-03-12 06:30 UTC",
    ]);
  });

  it("tell apart what the clock shows twice, by half an hour, too", async () => {
    expect(await nextOf("*/15 * * * * Australia/Lord_Howe", "2031-04-05T14:31:00Z")).toEqual([
      "2031-04-06 01:45 Australia/Lord_Howe (+11:00), 2031-04-05 14:45 UTC",
      "2031-04-06 01:30 Australia/Lord_Howe (+10:30), 2031-04-05 15:00 UTC",
      "2031-04-06 01:45 Australia/Lord_Howe (+10:30), 2031-04-05 15:15 UTC",
      "2031-04-06 02:00 Australia/Lord_Howe (+10:30), 2031-04-05 15:30 UTC",
      "2031-04-06 02:15 Australia/Lord_Howe (+10:30), 2031-04-05 15:45 UTC",
    ]);
  });

  it("are told without an offset where the zone is one", async () => {
    const [first] = await nextOf("0 8 * * * +05:30", "2031-03-30T00:00:00Z");

    expect(first).toBe("2031-03-30 08:00 +05:30, 2031-03-30 02:30 UTC");
  });

  it("are UTC's alone where no other clock decides, with seconds where there are any", async () => {
    expect(await nextOf("*/20 * * * * *", "2031-03-30T00:59:30Z")).toEqual([
      "2031-03-30 00:59:40 UTC",
      "2031-03-30 01:00 UTC",
      "2031-03-30 01:00:20 UTC",
      "2031-03-30 01:00:40 UTC",
      "2031-03-30 01:01 UTC",
    ]);
  });
});
