import { beforeEach, describe, expect, it } from "vitest";
import { configure, globalId, Job, silentLogger, UnknownOptionError } from "mandate";
import { enqueuedJobs, performEnqueuedJobs, useTestAdapter, within } from "mandate/testing";
import "mandate/vitest";
import { Again, Fails, forgetRuns, Note, ran, Twice } from "./commands.ts";
import { rejection } from "./rejection.ts";

class User {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}
globalId.register(User, { find: (id) => new User(Number(id)) });

class CleanUp extends Job {
  perform(_folder: string) {}
}

configure({ logger: silentLogger });
beforeEach(() => {
  useTestAdapter();
  forgetRuns();
});

describe("toEnqueue", () => {
  it("expects a job of a class or name, or any", async () => {
    await expect(() => Note.defer(1)).toEnqueue(Note);
    await expect(() => Note.defer(1)).toEnqueue("Note");
    await expect(() => Note.defer(1)).toEnqueue();
    await expect(() => CleanUp.performLater("tmp")).toEnqueue(CleanUp, { args: ["tmp"] });
  });

  it("expects details", async () => {
    const at = new Date(Date.now() + 60_000);

    await expect(() =>
      Note.set({ queue: "low", wait: 60, priority: 2 }).defer(new User(1)),
    ).toEnqueue(Note, {
      args: [new User(1)],
      queue: "low",
      at: within("10 seconds").of(at),
      priority: 2,
    });
  });

  it("takes functions that are not asynchronous", async () => {
    await expect(() => {
      void Note.defer(1);
    }).toEnqueue(Note);
  });

  it("finds what was performed since", async () => {
    await expect(() => performEnqueuedJobs(() => Note.defer(1))).toEnqueue(Note);
    expect(enqueuedJobs()).toEqual([]);
  });

  it("fails with what was enqueued instead", async () => {
    const error = await rejection(
      expect(() => Note.defer(2)).toEnqueue(Note, { args: [1], queue: "low" }),
    );

    expect(error).toMatchObject({
      message:
        'Expected Note(1) in queue "low" to be enqueued, found another:\n' +
        '  Note(2) in queue "default"',
      expected: { job: "Note", args: [1], queue: "low" },
      actual: { job: "Note", args: [2], queue: "default" },
    });
  });

  it("expects that no such job is enqueued", async () => {
    await expect(() => Note.defer(1)).not.toEnqueue(Note, { args: [2] });
    await expect(() => Note.defer(1)).not.toEnqueue(Twice);
    await expect(() => {}).not.toEnqueue();

    const error = await rejection(expect(() => Note.defer(1)).not.toEnqueue(Note));

    expect(error.message).toBe(
      'Expected Note not to be enqueued, found:\n  Note(1) in queue "default"',
    );
  });

  it("lets the function's error through, and refuses what is no function", async () => {
    const error = new Error("from the function");

    expect(
      await rejection(
        expect(() => {
          throw error;
        }).toEnqueue(Note),
      ),
    ).toBe(error);
    await expect(expect(Note.defer(1)).toEnqueue(Note)).rejects.toThrow(
      "Cannot use a promise in expect(…).toEnqueue: give a function that enqueues",
    );
    await expect(expect(() => {}).toEnqueue(Note, { name: 1 } as object)).rejects.toThrow(
      UnknownOptionError,
    );
  });
});

describe("toEnqueueTimes", () => {
  it("counts what the function enqueues", async () => {
    await expect(() => Promise.all([Note.defer(1), Twice.defer("a")])).toEnqueueTimes(2);
    await expect(() => {}).toEnqueueTimes(0);
    await expect(() => performEnqueuedJobs(() => Again.defer())).toEnqueueTimes(2);
    await expect(() => Promise.all([Note.defer(1), Twice.defer("a")])).toEnqueueTimes(1, {
      only: Twice,
    });
  });

  it("fails with what was enqueued", async () => {
    const error = await rejection(expect(() => Note.defer(1)).toEnqueueTimes(2, { queue: "low" }));

    expect(error).toMatchObject({
      message:
        'Expected 2 jobs in queue "low" to be enqueued, found none\n' +
        'Other jobs were enqueued:\n  Note(1) in queue "default"',
      expected: 2,
      actual: 0,
    });
  });

  it("expects another number", async () => {
    await expect(() => Note.defer(1)).not.toEnqueueTimes(2);

    const error = await rejection(
      expect(() => Note.defer(1)).not.toEnqueueTimes(1, { only: Note }),
    );

    expect(error.message).toBe(
      "Expected any other number of jobs of Note than 1 to be enqueued, found 1:\n" +
        '  Note(1) in queue "default"',
    );
  });

  it("refuses what is no number, and what is no function", async () => {
    await expect(expect(() => {}).toEnqueueTimes(-1)).rejects.toThrow(
      "Cannot use -1 as the number of jobs of toEnqueueTimes: give an integer of at least 0",
    );
    await expect(expect(1).toEnqueueTimes(1)).rejects.toThrow(
      "Cannot use 1 in expect(…).toEnqueueTimes: give a function that enqueues",
    );
  });
});

describe("toPerform", () => {
  it("performs what the function enqueues, and expects a run", async () => {
    await expect(() => Twice.defer("a")).toPerform(Note, { args: ["a"] });

    expect(ran).toEqual(["before a", "after a", "a"]);
  });

  it("fails with what was performed instead", async () => {
    const error = await rejection(expect(() => Note.defer(1)).toPerform(Twice));

    expect(error.message).toBe(
      'Expected Twice to be performed, found another:\n  Note(1) in queue "default"',
    );
  });

  it("expects that no such job is performed", async () => {
    await expect(() => Note.defer(1)).not.toPerform(Twice);

    const error = await rejection(expect(() => Note.defer(1)).not.toPerform(Note, { args: [1] }));

    expect(error.message).toBe(
      'Expected Note(1) not to be performed, found:\n  Note(1) in queue "default"',
    );
  });

  it("lets a job's error through, and refuses what is no function", async () => {
    expect(await rejection(expect(() => Fails.defer("no")).toPerform(Fails))).toBe(Fails.errors[0]);
    await expect(expect("defer").toPerform(Note)).rejects.toThrow(
      'Cannot use "defer" in expect(…).toPerform: give a function that enqueues',
    );
  });
});
