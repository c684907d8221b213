import { Redis } from "ioredis";
import { Command, configure, recurring } from "mandate";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { silentLogger } from "../../../src/support/logger.ts";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "./jobs-in-redis.ts";
import { jsonOf, run } from "./recording-terminal.ts";

class Report extends Command.initializeWith((tenant: number) => ({ tenant })) {
  call(): void {}
}

describe.skipIf(missing("redis"))("mandate recurring", () => {
  let redis: JobsInRedis;

  beforeAll(async () => {
    redis = await JobsInRedis.start();
    configure({ adapter: redis.adapter, logger: silentLogger });
  });
  afterAll(() => redis?.dispose());

  const told = (...argv: readonly string[]): ReturnType<typeof run> =>
    run(["recurring", ...argv, ...redis.url]);

  it("says that there are none, and where they come from", async () => {
    const { exit, lines, notes } = await told("list");

    expect([exit, lines]).toEqual([0, []]);
    expect(notes).toEqual([
      "There are no recurring jobs. Workers write them down when they start, and what code defines is there " +
        "while a worker of that release lives; see docs/recurring.md",
    ]);
  });

  it("says what the code defines of which no worker is there", async () => {
    configure({
      recurring: {
        nightly: { command: Report, schedule: "@daily", args: [1] },
        hourly: { command: Report, schedule: "@hourly", args: [1] },
      },
    });
    onTestFinished(() => configure({ recurring: {} }));

    const { exit, notes } = await told("list");

    expect(exit).toBe(0);
    expect(notes[0]).toBe(
      "Defined in the code that was loaded, and by no living worker: hourly, nightly. " +
        "They begin once a worker of this release has started",
    );
  });

  it("lists them, and shows one", async () => {
    const inADay = { startAt: new Date(Date.now() + 86_400_000) };
    await recurring.define("report-42", "every 15 minutes", Report.prepare(42), {
      description: "For tenant 42",
      ...inADay,
    });

    const { lines } = await told("list");
    expect(lines.map((line) => line.replaceAll(/ +/g, " ").trim())).toEqual([
      "KEY JOB SCHEDULE LAST NEXT",
      expect.stringMatching(/^report-42 Report every 15 minutes in (1d|24h)/),
    ]);
    expect(jsonOf(await told("list", "--json"))).toMatchObject([
      { key: "report-42", className: "Report", queue: "default", paused: false, ofCode: false },
    ]);

    const shown = await told("show", "report-42");
    expect(shown.lines.map((line) => line.replaceAll(/ +/g, " "))).toEqual([
      "Key: report-42",
      "Job: Report",
      "Queue: default",
      "Schedule: every 15 minutes (every 15 minutes)",
      "Description: For tenant 42",
      "Defined: at run time",
      "State: active",
      expect.stringMatching(/^Next: (\S+T\S+Z(, )?){3}$/),
    ]);
    expect(jsonOf(await told("show", "report-42", "--json"))).toMatchObject([{ runs: [] }]);
  });

  it("tells when one is due next", async () => {
    const { lines } = await told("next", "report-42", "-n", "2");

    expect(lines).toHaveLength(2);
    const [first = "", second = ""] = lines;
    expect(Date.parse(second) - Date.parse(first)).toBe(900_000);
    const wrong = await told("next", "report-42", "-n", "0");
    expect([wrong.exit, wrong.notes]).toEqual([
      2,
      [expect.stringContaining("Cannot use --count 0: give a number from 1 to 1000")],
    ]);
  });

  it("runs one now", async () => {
    const { lines } = await told("run", "report-42");

    const { jobs } = await redis.adapter.store.page({ queue: "default" }, undefined, 10);
    expect(jobs.map(({ jid }) => jid)).toEqual(lines);
    expect(JSON.parse(jobs[0]?.payload ?? "")).toMatchObject({
      args: ["Report", 42],
      recurring: { key: "report-42" },
    });
  });

  it("has the doctor tell what sidekiq-cron has in the same Redis", async () => {
    const client = new Redis(redis.server.url);
    await client.hset("cron_job:default:report-42", "name", "report-42");

    const found = jsonOf(await run(["doctor", "--json", ...redis.url]));
    await client.del("cron_job:default:report-42");
    client.disconnect();

    expect(found).toContainEqual({
      check: "recurring",
      level: "warning",
      problem: "recurring-beside-ruby",
      found: "sidekiq-cron has report-42, too: each occurrence comes twice",
      todo: "Delete one of both",
    });
  });

  it("pauses and resumes", async () => {
    expect((await told("pause", "report-42")).lines).toEqual(["Paused report-42"]);
    expect((await told("list")).lines[1]).toMatch(/ paused$/);
    expect((await told("show", "report-42")).lines).toContainEqual(
      expect.stringMatching(/^State: +paused$/),
    );
    expect((await told("next", "report-42")).notes).toEqual([
      "Recurring job report-42 is not due any more, or paused",
    ]);

    expect((await told("resume", "report-42")).lines).toEqual(["Resumed report-42"]);

    expect((await told("list")).lines[1]).not.toMatch(/ paused$/);
  });

  it("deletes", async () => {
    expect((await told("delete", "report-42", "--yes")).lines).toEqual(["Deleted report-42"]);

    const { exit, notes } = await told("show", "report-42");
    expect([exit, notes]).toEqual([
      1,
      [
        'mandate: Cannot find recurring job "report-42": nothing defines it. ' +
          "Those that there are: recurring.jobs(), or mandate recurring list",
      ],
    ]);
  });
});
