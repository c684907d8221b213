import { InvalidDurationError, Job, UnknownOptionError, type DeferOptions } from "mandate";
import { describe, expect, it } from "vitest";
import {
  checkDeferOptions,
  deferOptionNames,
  dueAt,
} from "../../../src/job/defer/defer-options.ts";
import { Rig } from "../rig.ts";

class Example extends Job {
  perform(): void {}
}

function check(options: object): () => void {
  return () => checkDeferOptions(options, "Greet");
}

describe("checkDeferOptions", () => {
  it("takes every option there is, and undefined for each", () => {
    new Rig();
    const job = Example.prepare();
    const all: Required<Omit<DeferOptions, "waitUntil">> = {
      wait: "5 minutes",
      queue: "low",
      priority: -3,
      prereqJobs: [job, "4f1d"],
      prereqFailure: "bury",
      jid: "0".repeat(24),
      tags: ["a"],
      profile: "slow-import",
      expiresIn: "1 hour",
      fairKey: "tenant-7",
      unique: false,
      uniqueKey: "a",
    };
    const none = Object.fromEntries(deferOptionNames().map((name) => [name, undefined]));

    expect(check(all)).not.toThrow();
    expect(check({ waitUntil: new Date(0) })).not.toThrow();
    expect(check(none)).not.toThrow();
  });

  it.each([
    ["in", 'Did you mean "wait"?'],
    ["wait_until", 'Did you mean "waitUntil"?'],
    ["runAt", 'Did you mean "waitUntil"?'],
    ["queue_as", 'Did you mean "queue"?'],
    ["job_id", 'Did you mean "jid"?'],
    ["prereq_jobs", 'Did you mean "prereqJobs"?'],
    ["tag", 'Did you mean "tags"?'],
    ["expires_in", 'Did you mean "expiresIn"?'],
    ["retries", "Declare this.retry(…) in the class's static block."],
    ["attempts", "Declare this.retry(…) in the class's static block."],
    ["retryFor", "Declare this.jobOptions({ retryFor }) in the class's static block."],
  ])("says what is meant by %s", (name, meant) => {
    expect(check({ [name]: 5 })).toThrow(
      `Cannot use option "${name}" in the options of Greet: there is no such option. ${meant} There are: wait, `,
    );
  });

  it("refuses an option that does not exist", () => {
    expect(check({ wiat: 5 })).toThrow(UnknownOptionError);
    expect(check({ wiat: 5 })).toThrow(
      'Cannot use option "wiat" in the options of Greet: there is no such option. Did you mean "wait"? There are: ' +
        "wait, waitUntil, queue, priority, prereqJobs, prereqFailure, jid, profile, unique, uniqueKey, tags, expiresIn, fairKey",
    );
  });

  it("refuses a wait that is no duration", () => {
    expect(check({ wait: "5 minuets" })).toThrow(InvalidDurationError);
    expect(check({ wait: -5 })).toThrow(InvalidDurationError);
  });

  it.each<[string, object, Error]>([
    [
      "wait and waitUntil together",
      { wait: 5, waitUntil: new Date(0) },
      new TypeError("Cannot defer Greet with both wait and waitUntil: give one of them"),
    ],
    [
      "an invalid date",
      { waitUntil: new Date("soon") },
      new RangeError("Cannot use an invalid Date as waitUntil of Greet: give a valid Date"),
    ],
    [
      "a date as text",
      { waitUntil: "2030-01-01" },
      new RangeError('Cannot use "2030-01-01" as waitUntil of Greet: give a valid Date'),
    ],
    [
      "a queue with a space",
      { queue: "very low" },
      new TypeError(
        'Cannot use "very low" as a queue in the options of Greet: ' +
          "give a name of letters, digits and the signs _ : . -",
      ),
    ],
    [
      "the name of a profile with a space",
      { profile: "slow import" },
      new TypeError(
        'Cannot use "slow import" as the name of a profile in the options of Greet: ' +
          "give a name of letters, digits and the signs _ : . -",
      ),
    ],
    [
      "a priority with a fraction",
      { priority: 0.5 },
      new RangeError("Cannot use 0.5 as priority of Greet: give an integer"),
    ],
    [
      "one prerequisite that is not in an array",
      { prereqJobs: "4f1d" },
      new TypeError('Cannot use "4f1d" as prereqJobs of Greet: give an array of jobs or jids'),
    ],
    [
      "a prerequisite that is no job",
      { prereqJobs: [{ id: "4f1d" }] },
      new TypeError(
        "Cannot use an object as a job in prereqJobs of Greet: " +
          "give what its defer returned, its jid, or a record of it with jid, provider_job_id or job_id",
      ),
    ],
    [
      "a prerequisite that Rails has not enqueued",
      {
        prereqJobs: [
          {
            job_class: "Import",
            job_id: "c5a8f5a2-9c0f-4f4c-9a3e-8f4b0f1f2a11",
            provider_job_id: null,
            queue_name: "default",
            arguments: [],
          },
        ],
      },
      new TypeError(
        "Cannot use an Active Job that was not enqueued as a job in prereqJobs of Greet: " +
          "give what its defer returned, its jid, or a record of it with jid, provider_job_id or job_id",
      ),
    ],
    [
      "a prerequisite whose record has no jid",
      { prereqJobs: [{ jid: 5, queue: "default" }] },
      new TypeError(
        "Cannot use 5 as a job in prereqJobs of Greet: give a name of letters, digits and the signs _ : . -",
      ),
    ],
    [
      "what defer resolves to where a callback halts",
      { prereqJobs: [undefined] },
      new TypeError(
        "Cannot use undefined as a job in prereqJobs of Greet: " +
          "where a callback may keep a job from being enqueued, look before you wait for it",
      ),
    ],
    [
      "a job whose defer was not awaited",
      { prereqJobs: [Promise.resolve()] },
      new TypeError(
        "Cannot use a promise as a job in prereqJobs of Greet: await the defer that it came from",
      ),
    ],
    [
      "another prereqFailure",
      { prereqFailure: "explode" },
      new TypeError(
        'Cannot use "explode" as prereqFailure of Greet: give "release", "bury" or "cancel"',
      ),
    ],
    [
      "a jid that a search would take for a pattern",
      { jid: "*" },
      new TypeError(
        'Cannot use "*" as a jid in the options of Greet: ' +
          "give a name of letters, digits and the signs _ : . -",
      ),
    ],
    [
      "tags in one text",
      { tags: "a,b" },
      new TypeError('Cannot use "a,b" as tags in the options of Greet: give an array of strings'),
    ],
  ])("refuses %s", (_what, options, error) => {
    expect(check(options)).toThrow(error);
  });
});

describe("dueAt", () => {
  it("is in so many seconds, or then", () => {
    const rig = new Rig();
    const waitUntil = new Date((rig.now + 60) * 1000);

    expect(dueAt({ wait: "2 minutes" }, "Greet")).toBe(rig.now + 120);
    expect(dueAt({ waitUntil }, "Greet")).toBe(rig.now + 60);
  });

  it("is at once where nothing was said, or what was said is past", () => {
    new Rig();

    const options: DeferOptions[] = [{}, { wait: 0 }, { wait: "0s" }, { waitUntil: new Date(0) }];

    expect(options.map((each) => dueAt(each, "Greet"))).toEqual(options.map(() => undefined));
  });

  it("refuses what no date can say", () => {
    new Rig();

    expect(() => dueAt({ wait: 1e20 }, "Greet")).toThrow(
      new RangeError(
        "Cannot use 100000000000000000000 as wait of Greet: no date is that far away. Give a shorter time",
      ),
    );
  });
});
