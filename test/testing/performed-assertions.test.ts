import { AssertionError } from "node:assert";
import { beforeEach, describe, expect, it } from "vitest";
import { configure, silentLogger, UnknownOptionError } from "mandate";
import {
  assertNoPerformedJobs,
  assertNotPerformedWith,
  assertPerformedJobs,
  assertPerformedWith,
  enqueuedJobs,
  inline,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import { Again, Fails, Flaky, forgetRuns, Note, ran, Twice } from "./commands.ts";
import { rejection } from "./rejection.ts";

configure({ logger: silentLogger });
beforeEach(() => {
  useTestAdapter();
  forgetRuns();
});

describe("assertPerformedWith", () => {
  it("performs what its block enqueues, and finds the run", async () => {
    const waitUntil = new Date(Date.now() + 60_000);

    const job = await assertPerformedWith(
      { command: Note, args: [{ a: 1 }], queue: "low", at: waitUntil },
      () => Note.set({ queue: "low", waitUntil }).defer({ a: 1 }),
    );

    expect(ran).toEqual([{ a: 1 }]);
    expect(await job.status()).toBe("finished");
  });

  it("finds what another job deferred", async () => {
    await assertPerformedWith({ command: Note, args: ["a"] }, () => Twice.defer("a"));
  });

  it("looks at all that was performed so far, without a block", async () => {
    await performEnqueuedJobs(() => Note.defer(1));
    await Note.defer(2);

    await assertPerformedWith({ command: Note, args: [1] });
    await expect(assertPerformedWith({ command: Note, args: [2] })).rejects.toThrow(AssertionError);
  });

  it("looks at the runs of its block only", async () => {
    await inline(() => Note.defer(1));

    const error = await rejection(assertPerformedWith({ command: Note }, () => {}));

    expect(error.message).toBe("Expected Note to be performed, found no job");
  });

  it("lets the error of a job through", async () => {
    const error = await rejection(assertPerformedWith({ command: Fails }, () => Fails.defer("no")));

    expect(error).toBe(Fails.errors[0]);
  });

  it("fails with what was performed instead, the nearest first", async () => {
    const error = await rejection(
      assertPerformedWith({ command: Note, args: ["b"] }, () => Twice.defer("a")),
    );

    expect(error).toMatchObject({
      message:
        'Expected Note("b") to be performed, found others, the nearest first:\n' +
        '  Note("a") in queue "default"\n' +
        '  Twice("a") in queue "default"',
      expected: { command: "Note", args: ["b"] },
      actual: { command: "Note", args: ["a"] },
      operator: "assertPerformedWith",
    });
  });

  it("refuses what it cannot look for", async () => {
    await expect(assertPerformedWith({ class: Note } as object)).rejects.toThrow(
      UnknownOptionError,
    );
    await expect(assertPerformedWith({}, 5 as never)).rejects.toThrow(
      "Cannot use 5 in assertPerformedWith: give a function",
    );
  });
});

describe("assertNotPerformedWith", () => {
  it("passes where none was so, and shows the one that was", async () => {
    await assertNotPerformedWith({ command: Note, args: [1] });
    await assertNotPerformedWith({ command: Note, args: [1] }, () => Note.defer(2));

    await expect(
      assertNotPerformedWith({ command: Note, args: [1] }, () => Note.defer(1)),
    ).rejects.toThrow("Expected Note(1) not to be performed, found:\n  Note(1)");
  });
});

describe("assertPerformedJobs", () => {
  it("performs what its block enqueues, and counts the runs", async () => {
    await assertPerformedJobs(2, () => Twice.defer("a"));
    await assertPerformedJobs(3, () => Flaky.defer(2));
    await assertPerformedJobs(1, () => Again.defer());
  });

  it("counts all runs so far, without a block", async () => {
    await performEnqueuedJobs(() => Twice.defer("a"));

    await assertPerformedJobs(2);
    await assertPerformedJobs(1, { only: Note });
    await assertPerformedJobs(0, { queue: "low" });
  });

  it("performs only what the options name", async () => {
    await assertPerformedJobs(1, { except: Note }, () => Twice.defer("a"));

    expect(ran).toEqual(["before a", "after a"]);
    expect(enqueuedJobs().map(({ className }) => className)).toEqual(["Note"]);
  });

  it("counts for each of the blocks around", async () => {
    await assertPerformedJobs(2, async () => {
      await assertPerformedJobs(1, () => Note.defer(1));
      await Note.defer(2);
    });
  });

  it("fails with what was performed", async () => {
    const error = await rejection(assertPerformedJobs(4, { only: Flaky }, () => Flaky.defer(1)));

    expect(error.message.replace(/at \S+,/, "at …,")).toBe(
      "Expected 4 jobs of Flaky to be performed, found 2:\n" +
        '  Flaky(1) in queue "default"\n' +
        '  Flaky(1) in queue "default" at …, to be retried',
    );
    expect(error).toMatchObject({ expected: 4, actual: 2, operator: "assertPerformedJobs" });
  });

  it("refuses what it cannot count", async () => {
    await expect(assertPerformedJobs(1.5)).rejects.toThrow(
      "Cannot use 1.5 as the number of jobs of assertPerformedJobs: give an integer of at least 0",
    );
    await expect(assertPerformedJobs(1, { at: new Date() } as object)).rejects.toThrow(
      UnknownOptionError,
    );
  });
});

describe("assertNoPerformedJobs", () => {
  it("passes where nothing is performed", async () => {
    await assertNoPerformedJobs();
    await assertNoPerformedJobs(() => {});
    await assertNoPerformedJobs({ only: Again }, () => Note.defer(1));
    await Note.defer(2);
    await assertNoPerformedJobs();
  });

  it("fails with what was performed", async () => {
    const error = await rejection(assertNoPerformedJobs(() => Note.defer(1)));

    expect(error.message).toBe(
      'Expected no jobs to be performed, found 1:\n  Note(1) in queue "default"',
    );
    expect(error).toMatchObject({ operator: "assertNoPerformedJobs" });
  });
});
