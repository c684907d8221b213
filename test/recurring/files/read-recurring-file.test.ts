import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readRecurringFile } from "../../../src/recurring/files/read-recurring-file.ts";
import type {
  RecurringDefinition,
  RecurringFile,
} from "../../../src/recurring/files/recurring-definition.ts";
import { ConfigurationError } from "../../../src/support/errors.ts";
import { brokenFiles } from "./broken-files.ts";

describe("readRecurringFile", () => {
  it("reads Solid Queue's config/recurring.yml", () => {
    const { definitions, remarks } = fixture("solid-queue.yml");

    expect(definitions.map(told)).toEqual([
      {
        key: "refresh_search",
        schedule: "*/15 * * * *",
        className: "Search::RefreshJob",
        isActiveJob: true,
        line: 3,
      },
      {
        key: "a_periodic_job",
        schedule: "* * * * * *",
        className: "MyJob",
        args: [42, { status: "custom_status" }],
        hasKeywords: true,
        hasSymbolKeys: true,
        isActiveJob: true,
        line: 12,
      },
      {
        key: "morning_mail",
        schedule: "0 9 * * * America/New_York",
        className: "MorningMailJob",
        queue: "mailers",
        priority: -5,
        description: "What happened overnight",
        isActiveJob: true,
        line: 16,
      },
      {
        key: "quarter_hours",
        schedule: "*/5 * * * *",
        className: "MyResqueJob",
        args: [22],
        isActiveJob: true,
        line: 22,
      },
      {
        key: "twice_a_day",
        schedule: "0 9 * * *; 30 15 * * *",
        className: "TwiceJob",
        isActiveJob: true,
        line: 26,
      },
    ]);
    expect(remarks).toEqual([]);
  });

  it("reads the section of another environment, and none where there is none", () => {
    const keys = (environment: string): string[] =>
      fixture("solid-queue.yml", { environment }).definitions.map(({ key }) => key);

    expect(keys("development")).toEqual(["refresh_search"]);
    expect(keys("test")).toEqual([]);
  });

  it("reads sidekiq-cron's config/schedule.yml", () => {
    const { definitions, remarks } = fixture("sidekiq-cron.yml", {
      variables: { SECOND_JOB_CRON: "*/20 * * * *" },
      timeZone: "Europe/Amsterdam",
    });

    expect(definitions.map(told)).toEqual([
      {
        key: "my_first_job",
        schedule: "*/5 * * * * Europe/Amsterdam",
        className: "HardWorker",
        queue: "hard_worker",
        line: 2,
      },
      {
        key: "second_job",
        schedule: "*/20 * * * * Europe/Amsterdam",
        className: "HardWorker",
        queue: "hard_worker_long",
        args: [{ hard: "stuff" }],
        description: "Long",
        line: 7,
      },
      {
        key: "statistics:weekdays",
        schedule: "0 22 * * 1-5 America/Chicago",
        className: "Reports::Nightly",
        isActiveJob: true,
        hasSymbolKeys: true,
        queue: "app.reports",
        args: [1, "two"],
        appends: "time",
        isEnabled: false,
        jobOptions: { retry: 3 },
        line: 15,
      },
      {
        key: "natural",
        schedule: "0 */3 * * * Europe/Amsterdam",
        className: "HardWorker",
        args: ["as", "json"],
        line: 30,
      },
    ]);
    expect(remarks).toEqual([
      'sidekiq-cron.yml:28: "source" has no effect: what a file defines is the file\'s',
      'sidekiq-cron.yml:34: "symbolize_args" has no effect without "active_job: true"',
    ]);
  });

  it("reads sidekiq-cron's jobs as a list", () => {
    const { definitions } = fixture("sidekiq-cron-list.yml");

    expect(definitions.map(told)).toEqual([
      { key: "name_of_job", schedule: "1 * * * *", className: "MyClass", args: ["once"], line: 1 },
      {
        key: "Cool Job for Second Class",
        schedule: "*/30 * * * * *",
        className: "SecondClass",
        line: 5,
      },
    ]);
  });

  it("reads sidekiq-cron's jobs by environment", () => {
    const { definitions } = fixture("sidekiq-cron-environments.yml");

    expect(definitions.map(told)).toEqual([
      { key: "dear", schedule: "0 4 * * *", className: "DearWorker", line: 6 },
    ]);
  });

  it("reads sidekiq-scheduler's section of config/sidekiq.yml", () => {
    const { definitions, remarks } = fixture("sidekiq.yml");

    expect(definitions.map(told)).toEqual([
      {
        key: "CancelAbandonedOrders",
        schedule: "*/5 * * * *",
        className: "CancelAbandonedOrders",
        line: 11,
      },
      {
        key: "queue_documents_for_indexing",
        schedule: "0 * * * *",
        className: "QueueDocuments",
        queue: "slow",
        args: ["*.pdf"],
        description: "This job queues pdf content for indexing in solr",
        appends: "metadata",
        line: 14,
      },
      {
        key: "my_job",
        schedule: "30 6 * * 1 Europe/Stockholm",
        className: "MyJob",
        args: [{ foo: "bar", hello: "world" }],
        hasKeywords: true,
        hasSymbolKeys: true,
        line: 23,
      },
    ]);
    expect(remarks).toEqual([
      'sidekiq.yml:7: "dynamic" has no effect: what is defined at run time is known to all workers at once',
      'sidekiq.yml:8: "dynamic_every" has no effect: nothing is polled',
    ]);
  });

  it("reads sidekiq-scheduler's own file", () => {
    const { definitions } = fixture("sidekiq_scheduler.yml");

    expect(definitions.map(told)).toEqual([
      {
        key: "clear_leaderboards_contributors",
        schedule: "30 6 * * 1",
        className: "ClearLeaderboards",
        queue: "low",
        args: ["contributors"],
        description: "This job resets the weekly leaderboard for contributions",
        line: 1,
      },
      {
        key: "HelloWorld",
        schedule: "@every 9000s",
        className: "HelloWorld",
        jobOptions: { retry: false, tags: ["greeting"] },
        line: 7,
      },
      {
        key: "HelloSoon",
        schedule: "@every 30s",
        className: "HelloSoon",
        firstIn: 120,
        isEnabled: false,
        line: 11,
      },
      { key: "HelloThen", schedule: "@at 3001-01-01T00:00:00Z", className: "HelloThen", line: 17 },
      {
        key: "HelloThere",
        schedule: "@at 2030-07-01T07:00:00Z",
        className: "HelloThere",
        line: 19,
      },
    ]);
  });

  it("reads no job of a scheduler that is not enabled, and says so", () => {
    const { definitions, remarks } = read(
      ":scheduler:\n  :enabled: false\n  :schedule:\n    A:\n      every: 1m\n",
    );

    expect(definitions).toEqual([]);
    expect(remarks).toEqual([
      "jobs.yml:2: the scheduler is not enabled, so that none of its jobs is read",
    ]);
  });

  it("reads what stood under :schedule: in older versions of sidekiq-scheduler", () => {
    const { definitions } = read(":schedule:\n  A:\n    every: 90\n");

    expect(definitions.map(told)).toEqual([
      { key: "A", schedule: "@every 90s", className: "A", line: 2 },
    ]);
  });

  it("says what a cron means, where it may be meant otherwise", () => {
    const { remarks } = read("a:\n  class: A\n  cron: '*/45 * * * *'\n");

    expect(remarks).toEqual([
      'jobs.yml:3: "*/45" begins anew with each hour: it means minute 0, 45. "every 45 minutes" is a true interval',
    ]);
  });

  it("reads nothing from an empty file", () => {
    expect(read("# nothing\n")).toEqual({ definitions: [], remarks: [] });
  });

  it.each(brokenFiles.map(([text, message]) => ({ text, message })))(
    "refuses: $message",
    ({ text, message }) => {
      expect(() => read(text)).toThrow(ConfigurationError);
      expect(() => read(text)).toThrow(new RegExp(`^${escaped(`Cannot use ${message}`)}$`));
    },
  );
});

interface Options {
  readonly environment?: string;
  readonly timeZone?: string;
  readonly variables?: Record<string, string>;
}

function fixture(file: string, options: Options = {}): RecurringFile {
  const text = readFileSync(
    new URL(`../../fixtures/recurring-yml/${file}`, import.meta.url),
    "utf8",
  );
  return read(text, { file, ...options });
}

function read(text: string, options: Options & { readonly file?: string } = {}): RecurringFile {
  return readRecurringFile(text, {
    file: "jobs.yml",
    environment: "production",
    variables: {},
    timeZone: "UTC",
    ...options,
  });
}

/** What is said of a job: not what holds for all of which nothing is said. */
function told({ schedule, place, ...definition }: RecurringDefinition): object {
  const usual: Readonly<Record<string, unknown>> = {
    args: [],
    hasKeywords: false,
    hasSymbolKeys: false,
    isEnabled: true,
    jobOptions: {},
  };
  const said = Object.entries(definition).filter(
    ([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(usual[name]),
  );
  return {
    ...Object.fromEntries(said),
    schedule: schedule.toString(),
    line: Number(place.split(":").at(-1)),
  };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
