import { Job } from "mandate";
import { describe, expect, it } from "vitest";
import { RecordEntry } from "../../../src/adapters/adapter.ts";
import { Rig } from "../rig.ts";

class Example extends Job {
  perform(..._args: readonly unknown[]): void {}
}

describe("PreparedJob", () => {
  it("is an entry with the record as text, and nothing that was not said", () => {
    new Rig();
    const job = Example.prepare("a");

    expect(job.toEntry()).toEqual({
      jid: job.id,
      queue: "default",
      payload: JSON.stringify(job.record),
    });
  });

  it("is an entry with all that was said", () => {
    const rig = new Rig();
    const job = Example.set({
      wait: 60,
      queue: "low",
      priority: 3,
      prereqJobs: ["a"],
      prereqFailure: "bury",
    }).prepare();

    expect(job.toEntry()).toEqual({
      jid: job.id,
      queue: "low",
      payload: JSON.stringify(job.record),
      priority: 3,
      at: rig.now + 60,
      delay: 60,
      prereqs: ["a"],
      prereqFailure: "bury",
    });
  });

  it("travels with its arguments as they were when it was prepared", () => {
    new Rig();
    const list: unknown[] = [1];
    const job = Example.prepare("text", list);

    list.push(10n);

    expect(JSON.parse(job.toEntry().payload)).toMatchObject({ args: ["text", [1]] });
    expect(job.arguments).toEqual(["text", list]);
  });

  it("says of its first entry that it is the first with its jid, and of no other", () => {
    new Rig();
    const job = Example.prepare();
    const given = Example.set({ jid: "a".repeat(24) }).prepare();
    const renamed = Example.prepare();
    renamed.record.jid = job.id;

    const entries = [job.toEntry(), job.toEntry(), job.after(0).toEntry()];

    expect(entries.map((entry) => RecordEntry.isFirst(entry))).toEqual([true, false, false]);
    expect(RecordEntry.isFirst(given.toEntry())).toBe(false);
    expect(RecordEntry.isFirst(renamed.toEntry())).toBe(false);
    expect(RecordEntry.isFirst({ ...Example.prepare().toEntry() })).toBe(false);
  });

  it("can be made to come later, as the same job", () => {
    const rig = new Rig();
    const job = Example.prepare("a");

    const later = job.after(30);

    expect(later.toEntry()).toEqual({ ...job.toEntry(), delay: 30, at: rig.now + 30 });
    expect(job.after(0).scheduledAt).toBeUndefined();
  });
});
