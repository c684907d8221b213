import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import {
  Command,
  configure,
  DeserializationError,
  deferAll,
  globalId,
  Job,
  silentLogger,
  type JobHandle,
} from "mandate";
import {
  assertEnqueuedJobs,
  assertPerformedJobs,
  enqueuedJobs,
  performedJobs,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import { Again, BusyError, Fails, Flaky, forgetRuns, Note, ran } from "./commands.ts";
import { rejection } from "./rejection.ts";

beforeEach(() => {
  configure({ logger: silentLogger });
  useTestAdapter();
  forgetRuns();
});

describe("a job that is performed in a test", () => {
  it("rejects with the job's own error where it was deferred", async () => {
    const error = await performEnqueuedJobs(() => rejection(Fails.defer("no")));

    expect(error).toBe(Fails.errors[0]);
    expect(Fails.errors).toHaveLength(1);
    expect(await rejection(performEnqueuedJobs(() => Fails.defer("again")))).toBe(Fails.errors[1]);
  });

  it("lets a job's error through the jobs that deferred it", async () => {
    class Outer extends Command {
      async call() {
        await Fails.defer("inner");
      }
    }

    const error = await rejection(performEnqueuedJobs(() => Outer.defer()));

    expect(error).toBe(Fails.errors[0]);
  });

  it("runs a job by its rules: what they take care of is no error", async () => {
    class Ruled extends Command.initializeWith((error: "discard" | "rescue") => ({ error })) {
      static {
        this.discardOn(RangeError, () => ran.push("discarded"));
        this.rescueFrom(TypeError, () => ran.push("rescued"));
        this.beforePerform(() => void ran.push("before"));
        this.afterPerform(() => void ran.push("after"));
      }

      call() {
        throw this.error === "discard" ? new RangeError() : new TypeError();
      }
    }

    await performEnqueuedJobs(() => Ruled.defer("discard"));
    await performEnqueuedJobs(() => Ruled.defer("rescue"));

    expect(ran).toEqual(["before", "discarded", "before", "rescued"]);
  });

  it("runs a job with middleware around it, and in its context", async () => {
    class Context extends Command {
      call() {
        ran.push(this.job?.id);
      }
    }
    const perform = async (job: JobHandle, next: () => Promise<void>) => {
      ran.push(`in ${job.className}`);
      await next();
      ran.push("out");
    };
    configure({ middleware: { perform: [perform] } });
    onTestFinished(() => configure({ middleware: { perform: [] } }));

    const job = await performEnqueuedJobs(() => Context.defer());

    expect(ran).toEqual(["in Context", job.id, "out"]);
  });

  it("takes a job that a callback halts for performed", async () => {
    class Halted extends Command {
      static {
        this.aroundPerform(() => {});
      }

      call() {
        ran.push("halted");
      }
    }

    await assertPerformedJobs(1, () => Halted.defer());

    expect(ran).toEqual([]);
  });

  it("performs retries of retryOn at once, each an enqueue and a run", async () => {
    await assertEnqueuedJobs(3, () => performEnqueuedJobs(() => Flaky.defer(2)));

    expect(ran).toEqual(["flaky"]);
    expect(performedJobs().map(({ executions }) => executions)).toEqual([0, 1, 2]);
    expect(new Set(performedJobs().map(({ id }) => id)).size).toBe(1);
  });

  it("rejects with the last error when the attempts are spent", async () => {
    const error = await rejection(performEnqueuedJobs(() => Flaky.defer(3)));

    expect(error.message).toBe("failure 3");
    expect(performedJobs()).toHaveLength(3);
    expect(enqueuedJobs()).toEqual([]);
  });

  it("leaves the last word to whenExhausted", async () => {
    class Given extends Command {
      static {
        this.retryOn(BusyError, { attempts: 2 }, (job, error) => ran.push([job.id, error.message]));
      }

      call() {
        throw new BusyError("busy");
      }
    }

    const job = await performEnqueuedJobs(() => Given.defer());

    expect(ran).toEqual([[job.id, "busy"]]);
    expect(performedJobs()).toHaveLength(2);
  });

  it("rejects with the error of a handler that throws", async () => {
    class Handled extends Command {
      static {
        this.rescueFrom(BusyError, () => {
          throw new TypeError("from the handler");
        });
      }

      call() {
        throw new BusyError("busy");
      }
    }

    await expect(performEnqueuedJobs(() => Handled.defer())).rejects.toThrow("from the handler");
  });

  it("leaves retries that are due after a given time, or in another queue", async () => {
    class Elsewhere extends Command {
      static {
        this.retryOn(BusyError);
        this.jobOptions({ retryQueue: "slow" });
      }

      call() {
        throw new BusyError("busy");
      }
    }

    await performEnqueuedJobs(() => Flaky.defer(1), { at: new Date() });
    await performEnqueuedJobs(() => Elsewhere.defer(), { queue: "default" });

    expect(enqueuedJobs().map((job) => [job.className, job.queueName])).toEqual([
      ["Flaky", "default"],
      ["Elsewhere", "slow"],
    ]);
    expect(await enqueuedJobs()[0]?.status()).toBe("retrying");
  });

  it("does not retry what only Sidekiq's retries would", async () => {
    const error = await performEnqueuedJobs(() => rejection(Fails.defer("once")));

    expect(Fails.errors).toEqual([error]);
    expect(enqueuedJobs()).toEqual([]);
    await assertPerformedJobs(1);
  });

  it("does not perform a requeued job again", async () => {
    const job = await performEnqueuedJobs(() => Again.defer());

    expect(ran).toEqual(["again"]);
    expect(enqueuedJobs().map(({ id }) => id)).toEqual([job.id]);
    expect(await job.status()).toBe("scheduled");
  });

  it("performs a job behind others once these are finished", async () => {
    await performEnqueuedJobs(async () => {
      const first = await Note.defer("first");
      await Note.defer("second", { prereqJobs: [first] });
    });

    expect(ran).toEqual(["first", "second"]);
  });

  it("performs a job behind others of its batch, however they stand", async () => {
    await performEnqueuedJobs(() => {
      const first = Note.prepare("first");
      return deferAll([Note.prepare("second", { prereqJobs: [first] }), first]);
    });

    expect(ran).toEqual(["first", "second"]);
  });

  it("performs a job behind the one that deferred it", async () => {
    class Parent extends Command {
      async call() {
        await Note.defer("child", { prereqJobs: [this.job!] });
        ran.push("parent");
      }
    }

    await performEnqueuedJobs(() => Parent.defer());

    expect(ran).toEqual(["parent", "child"]);
  });

  it("leaves a job behind one that is not finished", async () => {
    const first = await Note.defer("first");
    const second = await performEnqueuedJobs(() => Note.defer("second", { prereqJobs: [first] }));
    const third = await performEnqueuedJobs(async () => {
      const requeued = await Again.defer();
      return Note.defer("third", { prereqJobs: [requeued] });
    });

    expect(ran).toEqual(["again"]);
    expect([await second.status(), await third.status()]).toEqual(["blocked", "blocked"]);
  });

  it("looks records up afresh, and discards a job whose record is missing at once", async () => {
    class Row {
      id = 1;
      text = "when deferred";
    }
    const rows = new Map([["1", Object.assign(new Row(), { text: "when run" })]]);
    globalId.register(Row, { find: (id) => rows.get(String(id)) });
    class Show extends Command.initializeWith((row: Row) => ({ row })) {
      call() {
        ran.push(this.row.text);
      }
    }

    await performEnqueuedJobs(() => Show.defer(new Row()));
    rows.clear();
    const job = await performEnqueuedJobs(() => Show.defer(new Row()));

    expect(ran).toEqual(["when run"]);
    expect(await job.status()).toBe("finished");
    expect(enqueuedJobs()).toEqual([]);
  });

  it("rejects where a command does not guard against missing records", async () => {
    class Gone {
      id = 1;
    }
    globalId.register(Gone, { find: () => undefined });
    class Unguarded extends Command.initializeWith((row: Gone) => ({ row })) {
      protected override guardAgainstDeserializationErrors() {
        return false;
      }

      call() {}
    }

    const error = await rejection(performEnqueuedJobs(() => Unguarded.defer(new Gone())));

    expect(error).toBeInstanceOf(DeserializationError);
  });

  it("hands a job copies of its arguments", async () => {
    const given = { list: [1], at: new Date(5) };

    await performEnqueuedJobs(() => Note.defer(given));

    expect(ran).toEqual([given]);
    expect(ran[0]).not.toBe(given);
  });

  it("performs plain jobs", async () => {
    class Plain extends Job {
      perform(value: number) {
        ran.push(value);
      }
    }

    await performEnqueuedJobs(() => Plain.performLater(7));

    expect(ran).toEqual([7]);
  });
});
