import {
  abort,
  configure,
  deferAfter,
  Job,
  MandateJob,
  performAllLater,
  type ArgumentsOf,
  type JobHandle,
  type Middleware,
  type PerformResult,
  cancelJob,
  queue,
} from "mandate";
import { describe, expectTypeOf, it } from "vitest";

class CleanUp extends Job {
  perform(folder: string, depth?: number): Promise<number> {
    return Promise.resolve(folder.length + (depth ?? 0));
  }
}

class Log extends Job {
  perform(..._lines: readonly string[]): void {}
}

class BusyError extends Error {
  readonly retryAfter = 42;
}
class GoneError extends Error {
  readonly since = new Date();
}

describe("Job", () => {
  it("is called with the arguments of perform", () => {
    expectTypeOf<ArgumentsOf<typeof CleanUp>>().toEqualTypeOf<
      [folder: string, depth?: number | undefined]
    >();
    expectTypeOf(CleanUp.performLater("tmp")).resolves.toExtend<JobHandle<number>>();
    const later = CleanUp.set({ wait: "5 minutes" }).performLater("tmp", 3);
    expectTypeOf(later).resolves.toExtend<JobHandle<number>>();
    Log.performLater();
    Log.performLater("a", "b");

    // @ts-expect-error An argument is missing.
    CleanUp.performLater();
    // @ts-expect-error It is of another type.
    CleanUp.performLater(7);
    // @ts-expect-error There is one too many.
    CleanUp.performLater("tmp", 1, 2);
    // @ts-expect-error The same, behind set.
    CleanUp.set({}).performLater(7);
    // @ts-expect-error And where it is prepared.
    CleanUp.prepare(7);
    // @ts-expect-error Options are given by set.
    CleanUp.performLater("tmp", { wait: 60 });
  });

  it("returns, performed now, what perform does, or nothing where a rule ended it", () => {
    expectTypeOf(CleanUp.performNow("tmp")).toEqualTypeOf<Promise<number | undefined>>();
    expectTypeOf<PerformResult<typeof CleanUp>>().toEqualTypeOf<number | undefined>();

    // @ts-expect-error Its arguments are those of perform.
    CleanUp.performNow(7);
  });

  it("cannot be enqueued while it is abstract", () => {
    abstract class Application extends Job {}

    // @ts-expect-error It has no perform.
    Application.performLater();
  });

  it("knows its options", () => {
    // @ts-expect-error There is no such option.
    CleanUp.set({ wiat: 5 });
    // @ts-expect-error "minuets" is no unit.
    CleanUp.set({ wait: "5 minuets" });
    // @ts-expect-error A date, not a text.
    CleanUp.set({ waitUntil: "2030-01-01" });
    // @ts-expect-error One of two words.
    CleanUp.set({ prereqFailure: "explode" });
    CleanUp.set({ prereqJobs: [CleanUp.prepare("tmp"), "4f1d"] });
  });

  it("is prepared for performAllLater", () => {
    const all = performAllLater([CleanUp.prepare("a"), Log.prepare()]);
    expectTypeOf(all).resolves.toExtend<JobHandle<number | void>[]>();
  });

  it("is MandateJob where commands are run by name", () => {
    MandateJob.performLater("Greet", "Ada", 7);

    // @ts-expect-error The first argument is the command's name.
    MandateJob.performLater(7);
  });
});

describe("macros", () => {
  it("hand functions the arguments of perform", () => {
    class Chosen extends Job {
      static {
        this.queueAs((folder, depth) => {
          expectTypeOf(folder).toEqualTypeOf<string>();
          expectTypeOf(depth).toEqualTypeOf<number>();
          return folder;
        });
        this.queueWithPriority((_folder, depth) => depth);
        // @ts-expect-error A name is a text.
        this.queueAs((_folder, depth) => depth);
      }

      perform(_folder: string, _depth: number): void {}
    }
    expectTypeOf(Chosen).toExtend<typeof Job>();
  });

  it("hand handlers the errors of their classes", () => {
    class Ruled extends Job {
      static {
        this.rescueFrom(BusyError, (error, job) => {
          expectTypeOf(error).toEqualTypeOf<BusyError>();
          expectTypeOf(job).toEqualTypeOf<JobHandle>();
        });
        this.discardOn([BusyError, GoneError], (_job, error) => {
          expectTypeOf(error).toEqualTypeOf<BusyError | GoneError>();
        });
        this.retryOn(GoneError, { attempts: "unlimited" }, (_job, error) => error.since);
        this.retryIn((count, error) => {
          expectTypeOf(error).toEqualTypeOf<unknown>();
          return count > 3 ? "kill" : 60;
        });
        // @ts-expect-error A GoneError has no such property.
        this.rescueFrom(GoneError, (error) => error.retryAfter);
        // @ts-expect-error Not an error, but the class of one.
        this.discardOn(new BusyError());
        // @ts-expect-error There is no such answer.
        this.retryIn(() => "later");
        // @ts-expect-error Nor such a wait.
        this.retryOn(BusyError, { wait: "sometimes" });
        // @ts-expect-error Nor such an option.
        this.jobOptions({ retries: 3 });
      }

      perform(): void {}
    }
    expectTypeOf(Ruled).toExtend<typeof Job>();
  });

  it("hand callbacks the job", () => {
    class Surrounded extends Job {
      static {
        this.beforeEnqueue((job) => {
          expectTypeOf(job).toEqualTypeOf<JobHandle>();
          if (job.arguments.length === 0) throw abort;
        });
        this.aroundPerform(async (_job, next) => {
          expectTypeOf(next).toEqualTypeOf<() => Promise<void>>();
          await next();
        });
      }

      perform(): void {}
    }
    expectTypeOf(Surrounded).toExtend<typeof Job>();
  });

  it("are for abstract classes too", () => {
    abstract class Application extends Job {
      static {
        this.queueAs("app");
        this.retryOn(BusyError);
      }
    }
    expectTypeOf(Application).toExtend<typeof Job>();
  });
});

describe("a job from inside", () => {
  it("sees itself, and ends its run where it requeues", () => {
    class Inside extends Job {
      perform(): string {
        expectTypeOf(this.job).toEqualTypeOf<JobHandle | undefined>();
        expectTypeOf(this.signal).toEqualTypeOf<AbortSignal>();
        expectTypeOf(this.progress(1, 2, "half")).toEqualTypeOf<void>();
        // @ts-expect-error there is no progress without a total
        this.progress(1);
        expectTypeOf(this.requeueJob("5 minutes")).toEqualTypeOf<never>();
        // @ts-expect-error A duration is needed.
        this.requeueJob();
        return "";
      }
    }

    // @ts-expect-error It is the job's own.
    new Inside().requeueJob(5);
  });
});

describe("around jobs", () => {
  it("middleware gets the job and what is inside", () => {
    const middleware: Middleware = async (job, next) => {
      job.record["tenant"] = "acme";
      await next();
    };
    configure({ middleware: { enqueue: [middleware], perform: [middleware] } });

    // @ts-expect-error It must be asynchronous.
    configure({ middleware: { enqueue: [(_job, _next) => {}] } });
  });

  it("deferAfter returns what its work does", () => {
    expectTypeOf(deferAfter(() => 7)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(deferAfter(async () => "a")).toEqualTypeOf<Promise<string>>();
    expectTypeOf(deferAfter({}, async () => "a")).toEqualTypeOf<Promise<string>>();
    // @ts-expect-error a transaction, and nothing to do
    void deferAfter({});
    // @ts-expect-error no transaction
    void deferAfter("transaction", () => 7);
  });
});

describe("cancelling", () => {
  it("says whether there was a job, and takes no selection for granted", () => {
    expectTypeOf(cancelJob).toBeCallableWith("0123456789abcdef01234567");
    expectTypeOf<JobHandle["cancel"]>().toEqualTypeOf<() => Promise<boolean>>();
    expectTypeOf(queue("low").cancelAll({ tag: "spring" })).toEqualTypeOf<Promise<number>>();

    // @ts-expect-error All of them have to be meant: {}.
    void queue("low").cancelAll();
    // @ts-expect-error There is no such field.
    void queue("low").cancelAll({ tags: "spring" });
  });
});
