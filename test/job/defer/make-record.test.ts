import { Command, globalId, Job, SerializationError } from "mandate";
import { describe, expect, it } from "vitest";
import type { JobRecord } from "../../../src/adapters/job-record.ts";
import { settings } from "../../../src/job/settings/settings.ts";
import { Rig } from "../rig.ts";

class User {
  constructor(readonly id: number) {}
}
globalId.register(User, { find: (id) => new User(Number(id)) });

class Plain extends Job {
  perform(..._args: readonly unknown[]): void {}
}

class Greet extends Command.initializeWith((user: User, at?: Date) => ({ user, at })) {
  call(): void {}
}

describe("a record", () => {
  it("of a job has what Sidekiq's has, in its order, and no more", () => {
    new Rig();

    const { record } = Plain.prepare("a", { b: [1, null] });

    expect(Object.keys(record)).toEqual(["class", "args", "queue", "jid", "retry", "created_at"]);
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
    expect(record).toMatchObject({
      class: "Plain",
      args: ["a", { b: [1, null] }],
      queue: "default",
      retry: true,
      created_at: 1_800_000_000.25,
    });
    expect(record.jid).toMatch(/^[0-9a-f]{24}$/);
  });

  it("of a command is MandateJob's, its name the first argument", () => {
    new Rig();

    const { record, className } = Greet.prepare(new User(7), new Date(0));

    expect(record).toMatchObject({
      class: "MandateJob",
      args: ["Greet", "gid://app/User/7", "1970-01-01T00:00:00.000Z"],
      meta: { gids: ["0"], values: { 1: ["Date"] } },
    });
    expect(className).toBe("Greet");
  });

  it("has times that Sidekiq 8 takes for seconds: never integral", () => {
    const rig = new Rig();
    rig.now = 1_800_000_000;

    expect(Plain.prepare().record.created_at).toBe(1_800_000_000.0001);
  });

  it("has a jid of its own each time, or the one that was given", () => {
    new Rig();

    const jids = Array.from({ length: 100 }, () => Plain.prepare().id);

    expect(new Set(jids).size).toBe(100);
    expect(Plain.set({ jid: "my-own" }).prepare().record.jid).toBe("my-own");
  });

  it("refuses what cannot travel, and names the argument", () => {
    new Rig();

    const prepare = () => Greet.prepare({ id: 1, greet() {} } as User);

    expect(prepare).toThrow(SerializationError);
    expect(prepare).toThrow(
      "argument 1 (user) of Greet, at .greet: a function cannot be deferred. " +
        "Pass the data that the job works on",
    );
    expect(() => Plain.prepare(1, { a: [Symbol("b")] })).toThrow(
      "argument 2 of Plain, at .a[0]: a symbol cannot be deferred. ",
    );
  });
});

describe("a record's queue and priority", () => {
  class Chosen extends Job {
    static {
      this.queueAs((name) => `queue-${name}`);
      this.queueWithPriority((_name, priority) => priority);
    }

    perform(_name: string, _priority: number): void {}
  }

  it("are those of the class, those of its functions, or those of the call", () => {
    new Rig();
    class Declared extends Job {
      static {
        this.queueAs("low");
        this.queueWithPriority(10);
      }

      perform(): void {}
    }
    const queueAndPriority = ({ queue, priority }: JobRecord) => [queue, priority];

    expect(queueAndPriority(Declared.prepare().record)).toEqual(["low", 10]);
    expect(queueAndPriority(Chosen.prepare("a", -1).record)).toEqual(["queue-a", -1]);
    expect(
      queueAndPriority(Chosen.set({ queue: "high", priority: 0 }).prepare("a", 1).record),
    ).toEqual(["high", 0]);
  });

  it("are the configured default, and none, where nobody says", () => {
    new Rig();
    settings().defaultQueue = "app";

    const job = Plain.prepare();

    expect(job.queueName).toBe("app");
    expect(job.priority).toBe(0);
    expect(job.record).not.toHaveProperty("priority");
  });

  it("are checked where a function chose them", () => {
    new Rig();

    expect(() => Chosen.prepare("of nobody", 1)).toThrow(
      new TypeError(
        "Cannot use a string as a queue in queueAs of Chosen: " +
          "give a name of letters, digits and the signs _ : . -",
      ),
    );
    expect(() => Chosen.prepare("a", 0.5)).toThrow(
      new RangeError("Cannot use 0.5 as queueWithPriority of Chosen: give an integer"),
    );
    expect(() => Chosen.prepare("a", "secret" as never)).toThrow(
      new RangeError("Cannot use a string as queueWithPriority of Chosen: give an integer"),
    );
  });
});

describe("a record's options", () => {
  it("are those of the class, in Sidekiq's words", () => {
    new Rig();
    class Optional extends Job {
      static {
        this.retry(3);
        this.jobOptions({
          backtrace: 20,
          dead: false,
          retryFor: "2 hours",
          retryQueue: "slow",
          tags: ["a"],
        });
      }

      perform(): void {}
    }

    expect(Optional.set({ tags: ["b"] }).prepare().record).toMatchObject({
      retry: 3,
      backtrace: 20,
      dead: false,
      retry_for: 7200,
      retry_queue: "slow",
      tags: ["a", "b"],
    });
  });

  it("are left out where they are Sidekiq's defaults", () => {
    new Rig();
    class Usual extends Job {
      static {
        this.jobOptions({ backtrace: false, dead: true, tags: [] });
      }

      perform(): void {}
    }

    const { record } = Usual.set({ tags: [], prereqJobs: [], prereqFailure: "bury" }).prepare();

    expect(Object.keys(record)).toEqual(Object.keys(Plain.prepare().record));
  });

  it("name a prerequisite by what Ruby wrote of it", () => {
    new Rig();
    const sidekiq = { class: "Import", args: [], jid: "aa01", queue: "low", retry: true };
    const activeJob = {
      job_class: "Import",
      job_id: "c5a8f5a2-9c0f-4f4c-9a3e-8f4b0f1f2a11",
      provider_job_id: "aa02",
      queue_name: "low",
      arguments: [],
    };
    const original = { job_id: "aa03", queue_name: "low" };

    const job = Plain.set({ prereqJobs: [sidekiq, activeJob, original, "aa03"] }).prepare();

    expect(job.record.prereq_jobs).toEqual(["aa01", "aa02", "aa03"]);
  });

  it("name each prerequisite once, and their failure if it matters", () => {
    new Rig();
    const first = Plain.prepare();

    const release = Plain.set({ prereqJobs: [first, "a", first.id, "a"] }).prepare().record;
    const bury = Plain.set({ prereqJobs: ["a"], prereqFailure: "bury" }).prepare().record;

    expect(release.prereq_jobs).toEqual([first.id, "a"]);
    const cancel = Plain.set({ prereqJobs: ["a"], prereqFailure: "cancel" }).prepare().record;
    expect(cancel).toMatchObject({ prereq_jobs: ["a"], prereq_failure: "cancel" });
    expect(release).not.toHaveProperty("prereq_failure");
    expect(bury).toMatchObject({ prereq_jobs: ["a"], prereq_failure: "bury" });
  });
});
