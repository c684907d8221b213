import vm from "node:vm";
import {
  abort,
  CallbacksCommand,
  Command,
  currentJob,
  deferAfter,
  Job,
  MandateJob,
  PrereqJobNotFinishedError,
  registerCommands,
  TimeoutError,
} from "mandate";
import { describe, expect, it } from "vitest";
import { queue, Rig, SCHEDULED } from "../rig.ts";

class BusyError extends Error {
  readonly retryAfter = 42;
}
class GoneError extends Error {}

class Sum extends Job {
  perform(...numbers: readonly number[]): number {
    return numbers.reduce((sum, number) => sum + number, 0);
  }
}

let failure: Error;

abstract class Failing extends Job {
  perform(): Promise<unknown> {
    return Promise.reject(failure);
  }
}

/** Made where they are thrown: whoever prints a test's name would read them. */
const awkward: readonly [string, () => unknown][] = [
  ["a revoked proxy", revoked],
  ["a proxy that agrees to everything", agreeable],
  ["an object without a prototype", () => Object.create(null)],
  ["a frozen error", () => Object.freeze(new Error("broken"))],
  ["a symbol", () => Symbol("odd")],
  ["undefined", () => undefined],
];

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function agreeable(): unknown {
  const proxy: unknown = new Proxy(
    {},
    { get: (_, key) => key !== "then" || undefined, has: () => true },
  );
  return proxy;
}

describe("performNow", () => {
  it("returns what perform does, and enqueues nothing", async () => {
    const rig = new Rig();

    expect(await Sum.performNow(1, 2, 3)).toBe(6);

    expect(await rig.waiting()).toBe(0);
  });

  it("runs callbacks in the job's context; one that aborts ends it without a result", async () => {
    new Rig();
    const seen: unknown[] = [];
    class Noting extends Job {
      static {
        this.beforePerform((job) => {
          seen.push(job.arguments, currentJob() === job);
          if (job.arguments[0] === 2) throw abort;
        });
        this.afterPerform(() => seen.push("after"));
      }

      perform(number: number): number {
        seen.push(this.job?.arguments);
        return number;
      }
    }

    expect(await Noting.performNow(1)).toBe(1);
    expect(await Noting.performNow(2)).toBeUndefined();

    expect(seen).toEqual([[1], true, [1], "after", [2], true]);
  });

  it("is there for a command with options, too", async () => {
    new Rig();
    class Waiting extends Job {
      perform(): void {}
    }
    const waiting = await Waiting.performLater();
    class Greet extends Command.initializeWith((name: string) => ({ name })) {
      static {
        this.discardOn(GoneError);
      }

      call(): string {
        if (this.name === "nobody") throw new GoneError("gone");
        return `Hello ${this.name}`;
      }
    }

    expect(await Greet.set({ queue: "low" }).performNow("Ada")).toBe("Hello Ada");
    expect(await Greet.set({}).performNow("nobody")).toBeUndefined();
    await expect(Greet.set({ prereqJobs: [waiting] }).performNow("Ada")).rejects.toThrow(
      new PrereqJobNotFinishedError(waiting.id),
    );
  });

  it("rejects with what perform throws, where no rule says otherwise", async () => {
    new Rig();
    class Plain extends Failing {}
    failure = new GoneError("gone");

    await expect(Plain.performNow()).rejects.toBe(failure);
  });

  it("returns what rescueFrom does, and nothing of what discardOn drops; both get what matched", async () => {
    new Rig();
    const said: unknown[] = [];
    class Ruled extends Failing {
      static {
        this.rescueFrom(BusyError, (error) => `rescued, ${error.retryAfter}`);
        this.discardOn(GoneError, (job, error) => said.push(job.className, error.message));
      }
    }

    failure = new Error("outer", { cause: new BusyError("busy") });
    expect(await Ruled.performNow()).toBe("rescued, 42");
    failure = new GoneError("gone");
    expect(await Ruled.performNow()).toBeUndefined();

    expect(said).toEqual(["Ruled", "gone"]);
  });

  it("looks for errors by patterns and predicates, and logs one that throws", async () => {
    const rig = new Rig();
    class Ruled extends Failing {
      static {
        this.rescueFrom({ message: /busy/ }, () => "rescued");
        this.discardOn((error) => (error as { no: { such: boolean } }).no.such);
      }
    }

    failure = new Error("busy");
    expect(await Ruled.performNow()).toBe("rescued");

    expect(rig.log.troubles).toEqual([
      "A predicate in the rules of Ruled threw; its rule is taken for one of other errors",
    ]);
  });

  it("rejects with what a handler throws", async () => {
    new Rig();
    class Fussy extends Failing {
      static {
        this.rescueFrom(GoneError, () => {
          throw new RangeError("of handler");
        });
      }
    }
    failure = new GoneError("gone");

    await expect(Fussy.performNow()).rejects.toThrow(new RangeError("of handler"));
  });

  it("enqueues the job for later by retryOn, its run counted", async () => {
    const rig = new Rig();
    class Patient extends Failing {
      static {
        this.retryOn(BusyError, { attempts: 2, wait: 30, jitter: 0 });
      }
    }
    failure = new BusyError("busy");

    expect(await Patient.performNow()).toBeUndefined();

    expect(await rig.only(SCHEDULED)).toMatchObject({
      class: "Patient",
      executions: 1,
      exception_executions: { "[BusyError]": 1 },
      dueIn: 30,
    });
    rig.elapse(30);
    expect(await rig.work()).toEqual(["dead"]);
  });

  it("gives up where there is one attempt: by whenExhausted, else by rejecting with the whole error", async () => {
    const rig = new Rig();
    const said: unknown[] = [];
    class Excused extends Failing {
      static {
        this.retryOn(BusyError, { attempts: 1 }, (_job, error) => said.push(error.retryAfter));
      }
    }
    class Strict extends Failing {
      static {
        this.retryOn(BusyError, { attempts: 1 });
      }
    }
    failure = new Error("outer", { cause: new BusyError("busy") });

    expect(await Excused.performNow()).toBeUndefined();
    await expect(Strict.performNow()).rejects.toBe(failure);

    expect(said).toEqual([42]);
    expect(await rig.waiting()).toBe(0);
  });

  it("enqueues the job again by requeueJob, swallowed or not", async () => {
    const rig = new Rig();
    class Again extends Job {
      perform(swallow: boolean): string {
        if (!swallow) this.requeueJob(60);
        try {
          this.requeueJob(0);
        } catch {
          return "went on";
        }
      }
    }

    expect(await Again.performNow(false)).toBeUndefined();
    expect(rig.log.troubles).toEqual([]);
    expect(await Again.performNow(true)).toBeUndefined();

    expect(await rig.only(SCHEDULED)).toMatchObject({ args: [false], dueIn: 60 });
    expect(await rig.only(queue())).toMatchObject({ args: [true] });
    expect(rig.log.messages("warn")).toEqual([
      "Again caught what requeueJob throws. It is put back all the same: " +
        "let that pass, or call requeueJob outside of the try block",
    ]);
  });

  it("leaves what it enqueues to a deferAfter around it", async () => {
    const rig = new Rig();
    class Again extends Job {
      perform(): void {
        this.requeueJob(0);
      }
    }

    const rejected = deferAfter(async () => {
      await Again.performNow();
      throw new Error("rolled back");
    });

    await expect(rejected).rejects.toThrow("rolled back");
    expect(await rig.waiting()).toBe(0);
  });

  it("ends without a result where a command aborts", async () => {
    new Rig();
    class Aborting extends CallbacksCommand {
      call(): string {
        this.abort("no");
      }
    }
    registerCommands(Aborting);

    expect(await MandateJob.performNow("Aborting")).toBeUndefined();
  });

  it("refuses to run behind a job that nobody enqueued", async () => {
    new Rig();
    const forgotten = Sum.prepare();

    await expect(Sum.set({ prereqJobs: [forgotten] }).performNow(1)).rejects.toThrow(
      /^Cannot defer Sum behind Sum \w+: that job was prepared, but never enqueued\. /,
    );
  });

  it("inside a job is a job of its own, with the outer one's signal", async () => {
    const rig = new Rig();
    const seen: unknown[] = [];
    let signal: AbortSignal | undefined;
    class Inner extends Job {
      perform(): void {
        seen.push(this.job?.className, this.signal === signal);
        this.requeueJob(60);
      }
    }
    class Outer extends Job {
      async perform(): Promise<void> {
        signal = this.signal;
        await Inner.performNow();
        seen.push(this.job?.className);
      }
    }
    await Outer.performLater();

    expect(await rig.work()).toEqual(["done"]);

    expect(seen).toEqual(["Inner", true, "Outer"]);
    expect(await rig.only(SCHEDULED)).toMatchObject({ class: "Inner" });
  });

  it("inside a job with a time of its own, has a signal that follows the outer one's", async () => {
    const rig = new Rig();
    const reasons: unknown[] = [];
    class Inner extends Job {
      static {
        this.timeout(60);
      }

      async perform(): Promise<void> {
        const { signal } = this;
        reasons.push(signal.reason);
        if (!signal.aborted) {
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
          reasons.push(signal.reason);
        }
      }
    }
    class Outer extends Job {
      async perform(): Promise<void> {
        const performing = Inner.performNow();
        setImmediate(() => rig.shutdown.abort("going down"));
        await performing;
        await Inner.performNow();
      }
    }
    await Outer.performLater();

    await rig.run();

    expect(reasons).toEqual([undefined, "going down", "going down"]);
  });

  it("has a signal that is aborted once its time is over, whenever it asks", async () => {
    new Rig();
    class Late extends Job {
      static {
        this.timeout(0.001);
      }

      async perform(): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 20));
        throw this.signal.reason;
      }
    }

    await expect(Late.performNow()).rejects.toThrow(new TimeoutError("Late", 0.001));
  });

  it.each(awkward)(
    "throws %s as it is, and asks the rules of its class first",
    async (_what, make) => {
      new Rig();
      const thrown = make();
      class Odd extends Job {
        static {
          this.discardOn(GoneError);
          this.rescueFrom(BusyError, () => "rescued");
        }

        perform(): void {
          throw thrown;
        }
      }

      const caught = await Odd.performNow().catch((error: unknown) => ({ error }));

      expect((caught as { error: unknown }).error === thrown).toBe(true);
    },
  );

  it.each(awkward)("throws %s where a rule's handler throws that", async (_what, make) => {
    new Rig();
    const thrown = make();
    class Odd extends Job {
      static {
        this.discardOn(GoneError, () => {
          throw thrown;
        });
      }

      perform(): void {
        throw new GoneError("broken");
      }
    }

    const caught = await Odd.performNow().catch((error: unknown) => ({ error }));

    expect((caught as { error: unknown }).error === thrown).toBe(true);
  });

  it("applies the rules for a built-in class to an error of another realm", async () => {
    new Rig();
    class Foreign extends Job {
      static {
        this.rescueFrom(TypeError, (error) => error.message);
      }

      perform(): void {
        vm.runInNewContext("throw new TypeError('foreign')");
      }
    }

    expect(await Foreign.performNow()).toBe("foreign");
  });
});

describe("a call inline", () => {
  it.each(awkward)("throws %s as it is, of a CallbacksCommand too", async (_what, make) => {
    const thrown = make();
    class Odd extends Command {
      async call(): Promise<never> {
        throw thrown;
      }
    }
    class OddResults extends CallbacksCommand {
      call(): never {
        throw thrown;
      }
    }

    const caught: unknown[] = [];
    await Odd.call().catch((error: unknown) => caught.push(error));
    try {
      OddResults.call();
    } catch (error) {
      caught.push(error);
    }

    expect(caught.map((error) => error === thrown)).toEqual([true, true]);
  });
});
