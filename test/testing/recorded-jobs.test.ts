import { beforeEach, describe, expect, it } from "vitest";
import { configure, globalId, GlobalID, silentLogger } from "mandate";
import {
  clearJobs,
  enqueuedJobs,
  performedJobs,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import { settings } from "../../src/job/settings/settings.ts";
import { Again, forgetRuns, Note, ran, Twice } from "./commands.ts";

class User {
  id = 1;
}
globalId.register(User, { find: () => new User() });

configure({ logger: silentLogger });
beforeEach(() => {
  useTestAdapter();
  forgetRuns();
});

describe("enqueuedJobs", () => {
  it("are those that wait, as handles", async () => {
    const waitUntil = new Date(Date.now() + 60_000);
    const first = await Note.defer({ a: 1 });
    const second = await Note.set({ queue: "low", priority: 3 }).defer(2);
    await Note.defer(3, { prereqJobs: [first], waitUntil });

    const jobs = enqueuedJobs();

    expect(jobs.map(({ id }) => id).slice(0, 2)).toEqual([first.id, second.id]);
    expect(
      jobs.map((job) => [
        job.className,
        job.arguments,
        job.queueName,
        job.scheduledAt,
        job.priority,
      ]),
    ).toEqual([
      ["Note", [{ a: 1 }], "default", undefined, 0],
      ["Note", [2], "low", undefined, 3],
      ["Note", [3], "default", waitUntil, 0],
    ]);
    expect(await Promise.all(jobs.map((job) => job.status()))).toEqual([
      "enqueued",
      "enqueued",
      "blocked",
    ]);
  });

  it("are picked by class, by name, or as the options of assertions do", async () => {
    await Note.defer(1);
    await Note.set({ queue: "low" }).defer(2);
    await Again.defer();

    expect(enqueuedJobs(Note).map((job) => job.arguments)).toEqual([[1], [2]]);
    expect(enqueuedJobs("Again")).toHaveLength(1);
    expect(enqueuedJobs({ except: Note })).toHaveLength(1);
    expect(enqueuedJobs({ only: Note, queue: "low" })).toHaveLength(1);
    await performEnqueuedJobs();
    expect(performedJobs(Note)).toHaveLength(2);
    expect(() => enqueuedJobs({ queu: "low" } as object)).toThrow(
      'Cannot use option "queu" in the options of enqueuedJobs',
    );
  });

  it("show values as they were, and records as global ids", async () => {
    const at = new Date(5);
    await Note.defer({ at, users: new Map([[new User(), 1n]]) });

    const [job] = enqueuedJobs();

    expect(job?.arguments).toEqual([
      { at, users: new Map([[GlobalID.parse("gid://app/User/1"), 1n]]) },
    ]);
  });

  it("show a job that came back at the end", async () => {
    await Again.defer();
    await Note.defer(1);
    await performEnqueuedJobs({ only: Again });

    expect(enqueuedJobs().map(({ className }) => className)).toEqual(["Note", "Again"]);
  });

  it("know what was deleted from the store", async () => {
    await Note.defer(1);
    await settings().adapter.store.clear({ queue: "default" });

    expect(enqueuedJobs()).toEqual([]);
  });

  it("show arguments as they are on the wire where they cannot be read", async () => {
    const record = { class: "MandateJob", args: ["Note", 1], meta: 5, jid: "a1", queue: "default" };
    await settings().adapter.enqueue([
      { jid: "a1", queue: "default", payload: JSON.stringify(record) },
    ]);

    expect(enqueuedJobs()[0]?.arguments).toEqual([1]);
  });
});

describe("performedJobs", () => {
  it("are the runs, in the order in which they started", async () => {
    await performEnqueuedJobs(() => Twice.defer("a"));
    await Again.defer();
    await performEnqueuedJobs();
    await performEnqueuedJobs();

    expect(performedJobs().map(({ className }) => className)).toEqual([
      "Twice",
      "Note",
      "Again",
      "Again",
    ]);
  });
});

describe("clearJobs", () => {
  it("forgets all jobs and runs", async () => {
    const first = await Note.defer(1);
    const jobs = [
      first,
      await Note.defer(2, { wait: 60 }),
      await Note.set({ queue: "low" }).defer(3),
      await Note.defer(4, { prereqJobs: [first] }),
    ];
    await performEnqueuedJobs(() => Note.defer(5));

    clearJobs();

    expect([enqueuedJobs(), performedJobs()]).toEqual([[], []]);
    expect(await Promise.all(jobs.map((job) => job.status()))).toEqual(
      Array.from({ length: 4 }, () => "finished"),
    );
    expect(await performEnqueuedJobs()).toBe(0);
    expect(ran).toEqual([5]);
  });
});
