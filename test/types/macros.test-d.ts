import { Command, configure, errorKinds, Job, memoize, retryAfter, type JobHandle } from "mandate";
import { describe, expectTypeOf, it } from "vitest";

class BusyError extends Error {
  readonly retryAfter = 5;
}
class GoneError extends Error {
  readonly url = "/";
}

describe("macros", () => {
  it("get the command's arguments", () => {
    class Greet extends Command.initializeWith((name: string, times?: number) => ({
      name,
      times,
    })) {
      static {
        this.queueAs((name, times) => {
          expectTypeOf(name).toEqualTypeOf<string>();
          expectTypeOf(times).toEqualTypeOf<number | undefined>();
          return name;
        });
        this.queueWithPriority((name, times = 1) => {
          expectTypeOf(name).toEqualTypeOf<string>();
          return times;
        });
        this.tags("a", (name, times) => {
          expectTypeOf(times).toEqualTypeOf<number | undefined>();
          return [name];
        });
        // @ts-expect-error tags are an array
        this.tags((name) => name);
        // @ts-expect-error a tag is a string
        this.tags(5);
        // @ts-expect-error a queue is a string
        this.queueAs((name) => name.length);
        // @ts-expect-error a queue is a string
        this.queueAs(5);
        // @ts-expect-error a priority is a number
        this.queueWithPriority((name) => name);
      }
      call() {}
    }
    void Greet;
  });

  it("encrypt, or take that back", () => {
    class Charge extends Command {
      static {
        this.encryptArguments();
        this.encryptArguments(false);
        // @ts-expect-error true or false
        this.encryptArguments("2026-11");
      }
      call() {}
    }
    void Charge;
    configure({ encryption: { keys: { a: "", b: new Uint8Array(32) }, current: "a" } });
    // @ts-expect-error a key is text or bytes
    configure({ encryption: { keys: { a: 5 }, current: "a" } });
    // @ts-expect-error one key encrypts
    configure({ encryption: { keys: { a: "" } } });
  });

  it("get a job's arguments, which are those of perform", () => {
    class CleanUp extends Job {
      static {
        this.queueAs((folder) => {
          expectTypeOf(folder).toEqualTypeOf<string>();
          return folder;
        });
      }
      perform(folder: string) {
        return folder;
      }
    }
    void CleanUp;
  });

  it("give handlers the errors they are for", () => {
    class Load extends Command {
      static {
        this.retryOn(BusyError, { wait: "exponentially", attempts: 5 }, (job, error) => {
          expectTypeOf(job).toEqualTypeOf<JobHandle>();
          expectTypeOf(error).toEqualTypeOf<BusyError>();
        });
        this.retryOn([BusyError, GoneError], { wait: "5 minutes" }, (_, error) => {
          expectTypeOf(error).toEqualTypeOf<BusyError | GoneError>();
        });
        this.discardOn(GoneError, (_, error) => {
          expectTypeOf(error).toEqualTypeOf<GoneError>();
        });
        this.rescueFrom(GoneError, (error, job) => {
          expectTypeOf(error).toEqualTypeOf<GoneError>();
          expectTypeOf(job).toEqualTypeOf<JobHandle>();
        });
        this.retryOn(BusyError, {
          wait: (executions, error) => {
            expectTypeOf(executions).toEqualTypeOf<number>();
            expectTypeOf(error).toEqualTypeOf<BusyError>();
            return error.retryAfter;
          },
        });
        this.retryIn((count, error) => {
          expectTypeOf(count).toEqualTypeOf<number>();
          expectTypeOf(error).toEqualTypeOf<unknown>();
          return "kill";
        });
        this.retriesExhausted((job) => {
          expectTypeOf(job).toEqualTypeOf<JobHandle>();
        });
        this.timeout("30 seconds");
        this.timeout(false);
        // @ts-expect-error a typing error
        this.timeout("30 sconds");
        // @ts-expect-error neither a time nor false
        this.timeout(true);
        this.expiresIn("1 hour");
        this.expiresIn(false);
        // @ts-expect-error a typing error
        this.expiresIn("1 huor");
        // @ts-expect-error no class
        this.retryOn("BusyError");
        // @ts-expect-error a typing error
        this.retryOn(BusyError, { wait: "exponentialy" });
        // @ts-expect-error no such option
        this.retryOn(BusyError, { times: 5 });
        // @ts-expect-error neither a number nor a word for one
        this.retryOn(BusyError, { attempts: "many" });
        // @ts-expect-error no such answer
        this.retryIn(() => "never");
        // @ts-expect-error no such option
        this.jobOptions({ backtraces: true });
        // @ts-expect-error a typing error
        this.jobOptions({ retryFor: "2 dais" });
        // @ts-expect-error neither a function nor a method
        this.beforeEnqueue("log");
      }
      call() {}
    }
    void Load;
  });

  it("give handlers what patterns and predicates know of an error", () => {
    const isBusy = (error: unknown): error is BusyError => error instanceof BusyError;
    class Load extends Command {
      static {
        this.retryOn({ code: "40P01" }, {}, (_, error) => {
          expectTypeOf(error).toEqualTypeOf<unknown>();
        });
        this.retryOn({ code: ["40P01", /^08/], cause: { status: 429 } }, { attempts: 3 });
        this.discardOn([GoneError, { code: "E_GONE" }], (_, error) => {
          expectTypeOf(error).toEqualTypeOf<unknown>();
        });
        this.rescueFrom(isBusy, (error) => {
          expectTypeOf(error).toEqualTypeOf<BusyError>();
        });
        this.rescueFrom([isBusy, GoneError], (error) => {
          expectTypeOf(error).toEqualTypeOf<BusyError | GoneError>();
        });
        this.retryOn(
          (error) => {
            expectTypeOf(error).toEqualTypeOf<unknown>();
            return String(error) === "busy";
          },
          { wait: (_, error) => (expectTypeOf(error).toEqualTypeOf<unknown>(), 1) },
        );
        this.retryOn((error) => error instanceof BusyError, {
          wait: (_, { retryAfter: wait }) => wait, // what the compiler infers of a predicate holds
        });
        this.retryOn([(error) => error === 1, errorKinds.deadlock, BusyError]);
        this.retryOn(errorKinds.httpStatus(429), { wait: (_, error) => retryAfter(error) });
        // @ts-expect-error no value to compare with
        this.retryOn({ code: undefined });
        // @ts-expect-error nothing that a rule can be for
        this.retryOn([BusyError, "GoneError"]);
        // @ts-expect-error it says nothing
        this.discardOn(() => {});
        // @ts-expect-error nobody waits for it
        this.discardOn(async () => true);
        // @ts-expect-error any error may be asked about
        this.discardOn((error: BusyError) => error.retryAfter === 5);
      }
      call() {}
    }
    void Load;
  });

  it("give callbacks the job, and those around it what goes on inside", () => {
    class Load extends Command {
      static {
        this.beforeEnqueue((job) => {
          expectTypeOf(job).toEqualTypeOf<JobHandle>();
        });
        this.aroundPerform(async (job, next) => {
          expectTypeOf(job).toEqualTypeOf<JobHandle>();
          expectTypeOf(next).toEqualTypeOf<() => Promise<void>>();
          await next();
        });
        this.retry(3);
        this.retry(false);
        // @ts-expect-error no number
        this.retry("3");
        this.memoize("call");
        // @ts-expect-error no name
        this.memoize(1);
      }
      call() {}
    }
    void Load;
  });

  it("give callbacks the command, or are the names of its methods", () => {
    abstract class Base extends Command {
      static {
        this.beforePerform("setUp");
      }
      abstract setUp(): void;
    }
    class Load extends Base.initializeWith((file: string, count = 1) => ({ file, count })) {
      static {
        this.beforeEnqueue("setUp");
        this.afterEnqueue("note");
        this.afterDiscard("failed");
        this.afterDiscard((job, error, command) => {
          expectTypeOf(job).toEqualTypeOf<JobHandle>();
          expectTypeOf(error).toEqualTypeOf<unknown>();
          expectTypeOf(command).toEqualTypeOf<Load | undefined>();
        });
        this.discardOn(GoneError, (_job, error, command) => {
          expectTypeOf(error).toEqualTypeOf<GoneError>();
          expectTypeOf(command).toEqualTypeOf<Load | undefined>();
        });
        this.retryOn(GoneError, {}, (_job, _error, command) => command?.secret());
        this.rescueFrom(GoneError, (_error, _job, command) => command?.secret());
        this.retriesExhausted((_job, _error, command) => command?.secret());
        // @ts-expect-error it wants more than an error and a job
        this.afterDiscard("add");
        this.beforePerform((job, command) => {
          expectTypeOf(job).toEqualTypeOf<JobHandle>();
          expectTypeOf(command).toEqualTypeOf<Load>();
          expectTypeOf(command.file).toEqualTypeOf<string>();
          command.secret();
        });
        this.aroundPerform(async (_job, next, { count }) => {
          expectTypeOf(count).toEqualTypeOf<number>();
          await next();
        });
        this.aroundPerform("within");
        // @ts-expect-error a typing error
        this.beforePerform("setup");
        // @ts-expect-error a property
        this.beforePerform("file");
        // @ts-expect-error the work itself
        this.afterPerform("call");
        // @ts-expect-error not public
        this.afterPerform("secret");
        // @ts-expect-error it wants more than a job
        this.beforePerform("add");
        // @ts-expect-error it wants what lets the inside in
        this.beforePerform("within");
        // @ts-expect-error it would let nothing in
        this.aroundPerform("setUp");
        // @ts-expect-error it wants more than a job
        this.aroundPerform("add");
      }
      setUp() {}
      note(job: JobHandle) {
        return job.id;
      }
      async within(next: () => Promise<void>) {
        await next();
      }
      add(count: number) {
        return this.count + count;
      }
      private secret() {}
      failed(error: unknown, job: JobHandle) {
        return [error, job];
      }
      call() {
        return Load.defer(this.file, this.count);
      }
    }
    class CleanUp extends Job {
      static {
        this.beforePerform("open");
        this.afterPerform((_job, command) => {
          expectTypeOf(command).toEqualTypeOf<CleanUp>();
        });
        // @ts-expect-error the work itself
        this.beforePerform("perform");
      }
      open() {}
      perform() {}
    }
    void Load;
    void CleanUp;
  });

  it("are there on what initializeWith returns, and on abstract bases", () => {
    abstract class Base extends Command {
      static {
        this.queueAs("app");
        this.queueAs(() => "app");
      }
    }
    class Greet extends Base.initializeWith((name: string) => ({ name })) {
      static {
        this.retry(1);
        this.queueAs((name) => name);
      }
      call() {}
    }
    expectTypeOf(Greet.commandName).toEqualTypeOf<string>();
  });
});

describe("memoize", () => {
  it("stands on methods without parameters, and on getters", () => {
    class Report extends Command {
      call() {
        expectTypeOf(this.total()).toEqualTypeOf<number>();
        expectTypeOf(this.rate).toEqualTypeOf<string>();
        return this.#secret();
      }
      @memoize
      total() {
        return 1;
      }
      @memoize
      private get rate() {
        return "a";
      }
      @memoize
      #secret() {
        return true;
      }
      @memoize
      static async load() {
        return "a";
      }
    }

    expectTypeOf(Report.call()).toEqualTypeOf<boolean>();
    expectTypeOf(Report.load()).toEqualTypeOf<Promise<string>>();
  });

  it("stands on nothing else", () => {
    class Report extends Command {
      call() {}
      // @ts-expect-error it takes a parameter
      @memoize
      total(month: number) {
        return month;
      }
      // @ts-expect-error it is a field
      @memoize
      rate = 1;
      // @ts-expect-error it is a setter
      @memoize
      set year(year: number) {
        void year;
      }
    }
    void Report;

    // @ts-expect-error it is a class
    @memoize
    class Wrong {}
    void Wrong;
  });
});
