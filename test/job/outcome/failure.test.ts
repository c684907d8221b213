import vm from "node:vm";
import {
  Command,
  deadSet,
  DeserializationError,
  errorKinds,
  globalId,
  Job,
  RecordLookupError,
  retryAfter,
  type JobHandle,
} from "mandate";
import { afterEach, describe, expect, it, vi } from "vitest";
import { settings } from "../../../src/job/settings/settings.ts";
import { DEAD, queue, RETRY, Rig } from "../rig.ts";

class BusyError extends Error {
  readonly retryAfter = 42;
}
class GoneError extends Error {}

/** What the jobs of a test throw, one after the other; then the last again. */
let failures: unknown[] = [];

function fail(): void {
  const failure = failures.length > 1 ? failures.shift() : failures[0];
  if (failure !== undefined) throw failure;
}

abstract class Failing extends Job {
  perform(..._args: readonly unknown[]): void {
    fail();
  }
}

/** Fails with these, and notes each delay until it is not retried any more. */
async function delays(rig: Rig, ...errors: unknown[]): Promise<number[]> {
  failures = errors;
  const waits: number[] = [];
  let outcome = await rig.run();
  while (outcome.kind === "retry") {
    const { dueIn } = await rig.only(RETRY);
    waits.push(dueIn);
    rig.elapse(dueIn);
    outcome = await rig.run();
  }
  return waits;
}

/** A proxy that no operation is possible on. */
function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a job that fails", () => {
  class Plain extends Failing {}

  it("is retried by Sidekiq's formula, 25 times, then dead", async () => {
    const rig = new Rig();
    vi.spyOn(Math, "random").mockReturnValue(0);
    await Plain.performLater();

    const waits = await delays(rig, new Error("broken"));

    expect(waits).toHaveLength(25);
    expect(waits.slice(0, 4).map(Math.round)).toEqual([15, 16, 31, 96]);
    expect(await rig.only(DEAD)).toMatchObject({ retry_count: 25, executions: 26 });
    expect(await rig.adapter.store.counters()).toEqual({ processed: 26, failed: 26 });
  });

  it("is retried as often as configured, where its class does not say", async () => {
    const rig = new Rig();
    settings().retry = 2;
    await Plain.performLater();

    expect(await delays(rig, new Error("broken"))).toHaveLength(2);
  });

  it("says so in the log, with the error and the time", async () => {
    const rig = new Rig();
    const error = new Error("broken");
    settings().retry = 1;
    const job = await Plain.performLater();

    await delays(rig, error);

    const lines = rig.log.lines.filter(({ level }) => level === "warn" || level === "error");
    expect(lines).toEqual([
      {
        level: "warn",
        message: expect.stringMatching(/^Failed Plain, retrying in (1[5-9]|2[0-4]) s: broken$/),
        fields: {
          jid: job.id,
          job: "Plain",
          queue: "default",
          err: error,
          retryIn: expect.any(Number),
        },
      },
      {
        level: "error",
        message: "Plain is out of retries: broken",
        fields: { jid: job.id, job: "Plain", queue: "default", err: error },
      },
    ]);
  });

  it("comes back to its queue with its error", async () => {
    const rig = new Rig();
    await Plain.set({ queue: "low" }).performLater("a");
    failures = [new Error("broken")];

    await rig.run();
    rig.elapse(60);
    await rig.adapter.promoteDue();

    expect(await rig.only(queue("low"))).toMatchObject({
      args: ["a"],
      error_class: "Error",
      error_message: "broken",
      retry_count: 0,
      enqueued_at: rig.now,
    });
  });
});

describe("retry", () => {
  it.each([
    [0, 1],
    [1, 2],
    [3, 4],
  ])("of %i means %i runs, and then the dead set", async (retries, runs) => {
    const rig = new Rig();
    class Limited extends Failing {
      static {
        this.retry(retries);
      }
    }
    await Limited.performLater();

    const waits = await delays(rig, new Error("broken"));

    expect(waits.length + 1).toBe(runs);
    expect(await rig.only(DEAD)).toMatchObject({ retry: retries, retry_count: retries });
  });

  it("of false means one run, and no dead entry; death handlers are told, exhausted ones not", async () => {
    const rig = new Rig();
    const told: string[] = [];
    class Never extends Failing {
      static {
        this.retry(false);
        this.retriesExhausted(() => told.push("exhausted"));
      }
    }
    rig.deathHandlers.push((job, error) => told.push(`${job.className}: ${String(error)}`));
    const job = await Never.performLater();
    failures = [new Error("broken")];

    expect(await rig.run()).toMatchObject({ kind: "done", failed: true });

    expect(await job.status()).toBe("finished");
    expect(told).toEqual(["Never: Error: broken"]);
    expect(rig.log.troubles).toEqual(["Dropped Never, which is not retried: broken"]);
    expect(await rig.adapter.store.counters()).toEqual({ processed: 1, failed: 1 });
  });

  it("of true stands for the configured number", async () => {
    const rig = new Rig();
    settings().retry = 1;
    class Usual extends Failing {
      static {
        this.retry(true);
      }
    }
    await Usual.performLater();

    expect(await delays(rig, new Error("broken"))).toHaveLength(1);
  });

  it("of a record counts, whatever the class says since", async () => {
    const rig = new Rig();
    class Changed extends Failing {
      static {
        this.retry(0);
      }
    }
    await Changed.performLater();
    Changed.retry(5);

    expect(await delays(rig, new Error("broken"))).toEqual([]);
  });

  it.each([["many"], [1.5], [{}]])(
    "of %j in a record stands for the configured number",
    async (retry) => {
      const rig = new Rig();
      settings().retry = 0;
      class Poisoned extends Failing {}
      const { record } = Poisoned.prepare();
      await rig.put(JSON.stringify({ ...record, retry }));
      failures = [new Error("broken")];

      expect((await rig.run()).kind).toBe("dead");
    },
  );
});

describe("retryIn", () => {
  class Answering extends Failing {}

  function answering(answer: (count: number, error: unknown) => unknown): typeof Answering {
    Answering.retryIn(answer as never);
    return Answering;
  }

  it("is asked with the retries so far and the error", async () => {
    const rig = new Rig();
    const asked: unknown[] = [];
    answering((...args) => (asked.push(args), args[0] < 2 ? 10 : "kill"));
    const error = new Error("broken");
    await Answering.performLater();

    const waits = await delays(rig, error);

    expect(asked).toEqual([
      [0, error],
      [1, error],
      [2, error],
    ]);
    expect(waits.map(Math.round)).toEqual([10, 10]);
  });

  it.each([["default"], [undefined], [null]])(
    "that answers %s leaves it to the formula",
    async (answer) => {
      const rig = new Rig();
      vi.spyOn(Math, "random").mockReturnValue(0);
      settings().retry = 1;
      await answering(() => answer).performLater();

      expect((await delays(rig, new Error("broken"))).map(Math.round)).toEqual([15]);
      expect(rig.log.messages("warn")).toHaveLength(1);
    },
  );

  it("may answer as everywhere else", async () => {
    const rig = new Rig();
    await answering((count) => (count === 0 ? "5 minutes" : "kill")).performLater();

    expect((await delays(rig, new Error("broken"))).map(Math.round)).toEqual([300]);
    expect(rig.log.messages("warn")).toHaveLength(1);
  });

  it.each<[string, () => unknown]>([
    ["a number of seconds that is not above 0", () => 0],
    ["a number of seconds that is not above 0", () => -5],
    ["NaN", () => NaN],
    ["a number of seconds that no date is away", () => Infinity],
    ["a number of seconds that no date is away", () => 60 * 1e6 ** 3],
    ["a string that is no duration", () => "soon"],
    ["a string that is no duration", () => "1000000000000 weeks"],
    ["a promise, which is not waited for", () => Promise.resolve(5)],
    ["a promise, which is not waited for", () => Promise.reject(new Error("late"))],
    ["an object", () => ({ seconds: 5 })],
    ["an object", revoked],
    ["an array", () => [5]],
    ["a boolean", () => true],
    ["a symbol", () => Symbol("5")],
  ])("that answers with %s leaves it to the formula, and one warning", async (found, answer) => {
    const rig = new Rig();
    vi.spyOn(Math, "random").mockReturnValue(0);
    settings().retry = 2;
    class Odd extends Failing {
      static {
        this.retryIn(answer as never);
      }
    }
    await Odd.performLater();

    expect((await delays(rig, new Error("broken"))).map(Math.round)).toEqual([15, 16]);

    expect(rig.log.messages("warn").filter((text) => !text.startsWith("Failed"))).toEqual([
      `Cannot use what retryIn of Odd returned: ${found}. The default is used: ` +
        'return seconds above 0, a duration such as "5 minutes", "default", "discard" or "kill"',
    ]);
  });

  it("that throws leaves it to the formula and a warning", async () => {
    const rig = new Rig();
    vi.spyOn(Math, "random").mockReturnValue(0);
    await answering(() => fail()).performLater();
    failures = [new Error("broken")];

    await rig.run();

    expect((await rig.only(RETRY)).dueIn).toBeCloseTo(15);
    expect(rig.log.messages("warn")[0]).toBe("retryIn of Answering threw; using the default");
  });

  it('that answers "discard" drops the job, and death handlers are told', async () => {
    const rig = new Rig();
    const dead: string[] = [];
    rig.deathHandlers.push((job) => dead.push(job.id));
    const job = await answering(() => "discard").performLater();
    failures = [new Error("broken")];

    expect(await rig.run()).toMatchObject({ kind: "done", failed: true });

    expect(await job.status()).toBe("finished");
    expect(dead).toEqual([job.id]);
    expect(rig.log.troubles).toEqual(["Discarded Answering: broken"]);
  });

  it('that answers "kill" buries it at once', async () => {
    const rig = new Rig();
    await answering(() => "kill").performLater();
    failures = [new Error("broken")];

    expect((await rig.run()).kind).toBe("dead");

    expect(await rig.only(DEAD)).toMatchObject({ retry_count: 0 });
  });

  it("is not asked once the retries are spent", async () => {
    const rig = new Rig();
    const answer = vi.fn<() => number>(() => 10);
    settings().retry = 0;
    await answering(answer).performLater();

    await delays(rig, new Error("broken"));

    expect(answer).not.toHaveBeenCalled();
  });
});

describe("a job out of retries", () => {
  it("tells retriesExhausted, then death handlers, then it is dead", async () => {
    const rig = new Rig();
    const steps: string[] = [];
    const error = new Error("broken");
    class Mortal extends Failing {
      static {
        this.retry(0);
        this.retriesExhausted(async (job, cause) => {
          await Promise.resolve();
          steps.push(`exhausted: ${job.className} ${String(cause)}`);
        });
      }
    }
    rig.deathHandlers.push(async (job, cause) => {
      steps.push(`dead: ${String(job.arguments)} ${String(cause === error)} ${await job.status()}`);
    });
    await Mortal.performLater("a");
    failures = [error];

    await rig.run();

    expect(steps).toEqual(["exhausted: Mortal Error: broken", "dead: a true running"]);
    expect(await rig.only(DEAD)).toMatchObject({ class: "Mortal", args: ["a"] });
  });

  it('is not kept if retriesExhausted returns "discard", or dead is false', async () => {
    class Discarded extends Failing {
      static {
        this.retry(0);
        this.retriesExhausted(() => "discard");
      }
    }
    class Unkept extends Failing {
      static {
        this.retry(0);
        this.jobOptions({ dead: false });
      }
    }
    for (const mortal of [Discarded, Unkept]) {
      const rig = new Rig();
      const told: JobHandle[] = [];
      rig.deathHandlers.push((job) => told.push(job));
      await mortal.performLater();
      failures = [new Error("broken")];

      expect(await rig.run()).toMatchObject({ kind: "done", failed: true });
      expect(await rig.stored(DEAD)).toEqual([]);
      expect(told).toHaveLength(1);
    }
  });

  it("dies all the same where a handler throws", async () => {
    const rig = new Rig();
    class Fussy extends Failing {
      static {
        this.retry(0);
        this.retriesExhausted(() => {
          throw new Error("of exhausted");
        });
      }
    }
    const heard: string[] = [];
    rig.errorHandlers.push(() => Promise.reject(new Error("of error handler")));
    rig.errorHandlers.push((error) => heard.push(String(error)));
    rig.deathHandlers.push(() => {
      throw new Error("of death handler");
    });
    rig.deathHandlers.push((_job, error) => heard.push(String(error)));
    await Fussy.performLater();
    failures = [new Error("broken")];

    expect((await rig.run()).kind).toBe("dead");

    expect(heard).toEqual(["Error: broken", "Error: broken"]);
    expect(rig.log.messages("error")).toEqual([
      "An error handler threw",
      "retriesExhausted of Fussy threw",
      "A death handler threw",
      "Fussy is out of retries: broken",
    ]);
  });

  it("is so by time where retryFor says it, however often it was tried", async () => {
    const rig = new Rig();
    vi.spyOn(Math, "random").mockReturnValue(0);
    class Hurried extends Failing {
      static {
        this.retry(1);
        this.jobOptions({ retryFor: "1 minute" });
      }
    }
    await Hurried.performLater();

    const waits = await delays(rig, new Error("broken"));

    expect(waits.map(Math.round)).toEqual([15, 16, 31]);
    expect(await rig.only(DEAD)).toMatchObject({ retry_for: 60, retry_count: 3 });
  });

  it("reads Sidekiq 8's milliseconds for its first failure", async () => {
    const rig = new Rig();
    class Old extends Failing {
      static {
        this.jobOptions({ retryFor: 60 });
      }
    }
    const { record } = Old.prepare();
    const failedAt = Math.round((rig.now - 61) * 1000);
    await rig.put(JSON.stringify({ ...record, retry_count: 0, failed_at: failedAt }));
    failures = [new Error("broken")];

    expect((await rig.run()).kind).toBe("dead");
  });
});

describe("error handlers", () => {
  it("are told of each failure that no rule took care of, with the job", async () => {
    const rig = new Rig();
    const told: unknown[] = [];
    class Ruled extends Failing {
      static {
        this.retry(0);
        this.discardOn(GoneError);
        this.retryOn(BusyError);
      }
    }
    rig.errorHandlers.push((error, job) => told.push([error, job?.className]));
    const broken = new Error("broken");
    for (const error of [new GoneError(), new BusyError(), broken]) {
      await Ruled.performLater();
      failures = [error];
      await rig.run();
    }

    expect(told).toEqual([[broken, "Ruled"]]);
  });
});

describe("retryOn", () => {
  it("waits three seconds, and gives up after five runs", async () => {
    const rig = new Rig();
    vi.spyOn(Math, "random").mockReturnValue(0);
    class Patient extends Failing {
      static {
        this.retryOn(BusyError);
      }
    }
    await Patient.performLater();

    const waits = await delays(rig, new BusyError("busy"));

    expect(waits.map(Math.round)).toEqual([3, 3, 3, 3]);
    expect(await rig.only(DEAD)).toMatchObject({ executions: 5, error_class: "BusyError" });
    expect(rig.log.messages("error")).toEqual(["Patient is out of retries: busy"]);
  });

  it("waits as it is told, with jitter where the wait is not a function", async () => {
    const rig = new Rig();
    vi.spyOn(Math, "random").mockReturnValue(1 - 2 ** -53);
    class Growing extends Failing {
      static {
        this.retryOn(BusyError, { wait: "exponentially", attempts: 4, jitter: 0.5 });
        this.retryOn(GoneError, {
          wait: (runs, error) => runs + String(error).length,
        });
      }
    }
    await Growing.performLater();
    const growing = await delays(rig, new BusyError("busy"));
    await Growing.performLater();
    const counted = await delays(rig, new GoneError("gone"), new GoneError("gone"), undefined);

    expect(growing.map(Math.round)).toEqual([4, 26, 124]);
    expect(counted.map(Math.round)).toEqual([12, 13]);
  });

  it("goes on without end where attempts are unlimited", async () => {
    const rig = new Rig();
    class Endless extends Failing {
      static {
        this.retryOn(BusyError, { attempts: "unlimited", jitter: 0 });
      }
    }
    await Endless.performLater();
    const many = Array.from({ length: 100 }, () => new BusyError("busy"));

    expect(await delays(rig, ...many, undefined)).toHaveLength(100);
  });

  it("leaves the last word to whenExhausted, which gets the job and the error", async () => {
    const rig = new Rig();
    const said: unknown[] = [];
    class Excused extends Failing {
      static {
        this.retry(0);
        this.retryOn(BusyError, { attempts: 2 }, async (job, error) =>
          said.push(job.arguments[0], await job.status(), error.retryAfter),
        );
      }
    }
    const told: unknown[] = [];
    rig.errorHandlers.push((error) => told.push(error));
    rig.deathHandlers.push((_job, error) => told.push(error));
    const job = await Excused.performLater("a");

    expect(await delays(rig, new BusyError("busy"))).toHaveLength(1);

    expect(said).toEqual(["a", "running", 42]);
    expect(await job.status()).toBe("finished");
    expect(told).toEqual([]);
    expect(rig.log.messages("warn").at(-1)).toBe("Gave up Excused: busy");
  });

  it("falls back on Sidekiq's retries where whenExhausted throws", async () => {
    const rig = new Rig();
    class Refused extends Failing {
      static {
        this.retryOn(BusyError, { attempts: 1 }, () => {
          throw new GoneError("of whenExhausted");
        });
      }
    }
    const told: unknown[] = [];
    rig.errorHandlers.push((error) => told.push(error));
    await Refused.performLater();
    failures = [new BusyError("busy")];

    await rig.run();

    expect(await rig.only(RETRY)).toMatchObject({
      error_class: "GoneError",
      error_message: "of whenExhausted",
    });
    expect(told).toEqual([new GoneError("of whenExhausted")]);
  });

  it("tells error and death handlers where there is nobody else to have the last word", async () => {
    const rig = new Rig();
    const told: string[] = [];
    class Silent extends Failing {
      static {
        this.retryOn(BusyError, { attempts: 1 });
        this.retriesExhausted(() => told.push("exhausted"));
      }
    }
    rig.errorHandlers.push(() => told.push("error"));
    rig.deathHandlers.push(() => told.push("death"));
    await Silent.performLater();
    failures = [new BusyError("busy")];

    expect((await rig.run()).kind).toBe("dead");

    expect(told).toEqual(["error", "exhausted", "death"]);
  });

  it("counts for each declaration by itself, under the printed list of its errors", async () => {
    const rig = new Rig();
    class Two extends Failing {
      static {
        this.retryOn([BusyError, RangeError], { attempts: 3, jitter: 0 });
        this.retryOn(GoneError, { attempts: 3, jitter: 0 });
      }
    }
    await Two.performLater();

    const errors = [
      new BusyError(),
      new GoneError(),
      new RangeError(),
      new GoneError(),
      new GoneError(),
    ];
    expect(await delays(rig, ...errors)).toHaveLength(4);

    expect(await rig.only(DEAD)).toMatchObject({
      exception_executions: { "[BusyError, RangeError]": 2, "[GoneError]": 2 },
      executions: 5,
    });
  });

  it("leaves Sidekiq's retries to other errors: all of them, from the first delay on", async () => {
    const rig = new Rig();
    vi.spyOn(Math, "random").mockReturnValue(0);
    const asked: number[] = [];
    class Mixed extends Failing {
      static {
        this.retry(2);
        this.retryOn(BusyError, { attempts: "unlimited" });
        this.retryIn((count) => (asked.push(count), "default"));
      }
    }
    await Mixed.performLater();
    const busy = Array.from({ length: 5 }, () => new BusyError());

    const waits = await delays(rig, ...busy, new Error("a"), new BusyError(), new Error("b"));

    expect(waits.map(Math.round)).toEqual([3, 3, 3, 3, 3, 15, 3, 16]);
    expect(asked).toEqual([0, 1]);
    expect(await rig.only(DEAD)).toMatchObject({ retry_count: 8, executions: 9 });
  });

  it("takes what is no number in a record's counts for none", async () => {
    const rig = new Rig();
    class Counted extends Failing {
      static {
        this.retryOn(BusyError, { attempts: 2 });
      }
    }
    const { record } = Counted.prepare();
    await rig.put(JSON.stringify({ ...record, exception_executions: { "[BusyError]": "many" } }));
    failures = [new BusyError()];

    expect((await rig.run()).kind).toBe("retry");

    expect(await rig.only(RETRY)).toMatchObject({ exception_executions: { "[BusyError]": 1 } });
  });

  it("fails with what its wait throws", async () => {
    const rig = new Rig();
    class Confused extends Failing {
      static {
        this.retryOn(BusyError, { wait: () => "a while" as never });
      }
    }
    await Confused.performLater();
    failures = [new BusyError("busy")];

    await rig.run();

    expect(await rig.only(RETRY)).toMatchObject({ error_class: "InvalidDurationError" });
  });
});

describe("discardOn", () => {
  it("drops the job: no failure, nobody is told but its handler", async () => {
    const rig = new Rig();
    const said: unknown[] = [];
    class Dropped extends Failing {
      static {
        this.discardOn(GoneError, async (job, error) => said.push(job.className, error.message));
      }
    }
    rig.errorHandlers.push(() => said.push("error"));
    rig.deathHandlers.push(() => said.push("death"));
    const job = await Dropped.performLater();
    failures = [new GoneError("gone")];

    const outcome = await rig.run();

    expect(outcome.kind).toBe("done");
    expect(outcome).not.toHaveProperty("failed");
    expect(await job.status()).toBe("finished");
    expect(said).toEqual(["Dropped", "gone"]);
    expect(rig.log.troubles).toEqual(["Discarded Dropped: gone"]);
  });

  it("retries the job where the handler throws", async () => {
    const rig = new Rig();
    class Fussy extends Failing {
      static {
        this.discardOn(GoneError, () => {
          throw new Error("of handler");
        });
      }
    }
    await Fussy.performLater();
    failures = [new GoneError("gone")];

    expect((await rig.run()).kind).toBe("retry");

    expect(await rig.only(RETRY)).toMatchObject({ error_message: "of handler" });
  });
});

describe("rescueFrom", () => {
  it("hands over the error, and the job is done", async () => {
    const rig = new Rig();
    const said: unknown[] = [];
    class Rescued extends Failing {
      static {
        this.rescueFrom([BusyError, RangeError], async (error, job) => {
          said.push(error.message, job.className);
        });
      }
    }
    await Rescued.performLater();
    failures = [new BusyError("busy")];

    expect(await rig.run()).toEqual(expect.objectContaining({ kind: "done" }));

    expect(said).toEqual(["busy", "Rescued"]);
    expect(rig.log.troubles).toEqual([]);
  });

  it("fails as its handler does, and no rule is asked about that", async () => {
    const rig = new Rig();
    class Chained extends Failing {
      static {
        this.discardOn(GoneError);
        this.rescueFrom(BusyError, () => {
          throw new GoneError("of handler");
        });
      }
    }
    await Chained.performLater();
    failures = [new BusyError("busy")];

    expect((await rig.run()).kind).toBe("retry");

    expect(await rig.only(RETRY)).toMatchObject({
      error_class: "GoneError",
      error_message: "of handler",
    });
  });
});

describe("rules", () => {
  it("are searched from the latest of the class upwards, and the parent's hold too", async () => {
    const rig = new Rig();
    const said: string[] = [];
    abstract class Application extends Failing {
      static {
        this.rescueFrom(GoneError, () => said.push("parent, gone"));
        this.rescueFrom(Error, () => said.push("parent"));
      }
    }
    class Own extends Application {
      static {
        this.rescueFrom(Error, () => said.push("own"));
        this.rescueFrom(BusyError, () => said.push("own, busy"));
      }
    }
    class Heir extends Application {}
    for (const [job, error] of [
      [Own, new BusyError()],
      [Own, new RangeError()],
      [Heir, new GoneError()],
    ] as const) {
      await job.performLater();
      failures = [error];
      await rig.run();
    }

    expect(said).toEqual(["own, busy", "own", "parent"]);
  });

  it("match what caused an error too, and their handlers get that; the log and the store the whole", async () => {
    const rig = new Rig();
    const said: unknown[] = [];
    class Caused extends Failing {
      static {
        this.rescueFrom(BusyError, (error) => said.push(error.retryAfter));
        this.retryOn(GoneError, { wait: (_, error) => (error instanceof GoneError ? 7 : 0) });
      }
    }
    const busy = new Error("outer", { cause: new Error("middle", { cause: new BusyError() }) });
    const gone = new Error("outer", { cause: new GoneError("inner") });
    await Caused.performLater();
    await Caused.performLater();

    failures = [busy];
    expect((await rig.run()).kind).toBe("done");
    failures = [gone];
    await rig.run();

    expect(said).toEqual([42]);
    expect(await rig.only(RETRY)).toMatchObject({ error_class: "Error", error_message: "outer" });
    expect((await rig.only(RETRY)).dueIn).toBeCloseTo(7);
  });

  it("hold for commands", async () => {
    const rig = new Rig();
    class Ruled extends Command {
      static {
        this.discardOn(GoneError);
      }

      call(): void {
        throw new GoneError("gone");
      }
    }
    await Ruled.defer();

    expect(await rig.work()).toEqual(["done"]);
    expect(rig.log.troubles).toEqual(["Discarded Ruled: gone"]);
  });
});

describe("rules for errors without a class", () => {
  class Deadlocked extends Failing {
    static {
      this.retryOn({ code: "40P01" }, { wait: 7, attempts: 2, jitter: 0 });
      this.retryOn(errorKinds.httpStatus(429), { wait: (_, error) => retryAfter(error, 9) });
      this.discardOn((error) => (error as { code: string }).code.startsWith("E_GONE"));
    }
  }

  it("wait, and count, as those for classes", async () => {
    const rig = new Rig();
    await Deadlocked.performLater();

    expect(await delays(rig, Object.assign(new Error("deadlock"), { code: "40P01" }))).toEqual([7]);
    expect(await rig.only(DEAD)).toMatchObject({
      exception_executions: { '[{ code: "40P01" }]': 1 },
    });
  });

  it("wait as long as a server says, and else as told", async () => {
    const rig = new Rig();
    await Deadlocked.performLater();
    const response = (headers: Record<string, string>): Error =>
      new Error("busy", { cause: new Response(null, { status: 429, headers }) });

    const gone = Object.assign(new Error("gone"), { code: "E_GONE" });

    expect(await delays(rig, response({ "retry-after": "30" }), response({}), gone)).toEqual([
      30, 9,
    ]);
  });

  it("are for other errors where a predicate throws", async () => {
    const rig = new Rig();
    await Deadlocked.performLater();
    failures = [new Error("without a code")];

    expect((await rig.run()).kind).toBe("retry");
    expect(rig.log.troubles[0]).toBe(
      "A predicate in the rules of Deadlocked threw; its rule is taken for one of other errors",
    );
  });
});

describe("a job that throws an awkward error", () => {
  class OddError extends Error {
    override get name(): string {
      throw new Error("no name yet");
    }
  }
  const touchy = { get: () => fail(), getPrototypeOf: () => fail(), has: () => fail() } as never;

  it.each<[string, () => unknown, string]>([
    ["a name that throws", () => new OddError("boom"), "OddError"],
    ["a revoked proxy", revoked, "object"],
    ["a proxy whose traps throw", () => new Proxy({}, touchy), "object"],
    ["a proxy that agrees to everything", agreeable, "object"],
    ["nothing", () => undefined, "undefined"],
    ["a symbol", () => Symbol("odd"), "symbol"],
    ["an object without a prototype", () => Object.create(null), "object"],
    ["an error that is frozen", () => Object.freeze(new GoneError("boom")), "GoneError"],
    ["an error of another realm", () => vm.runInNewContext("new TypeError('boom')"), "TypeError"],
    ["a cause that is the error itself", cyclic, "Error"],
    ["causes without end", endless, "Error"],
    ["a long message", () => new Error("x".repeat(10_000_000)), "Error"],
    ["a promise", () => Promise.resolve(), "object"],
    ["something with a then", () => ({ then: () => fail() }), "object"],
  ])("such as %s, fails as with any other", async (_what, make, errorClass) => {
    const rig = new Rig();
    const told: string[] = [];
    rig.errorHandlers.push(() => told.push("failed"));
    rig.deathHandlers.push(() => told.push("dead"));
    class Odd extends Job {
      static {
        this.retry(1);
        this.jobOptions({ backtrace: true });
        this.discardOn(BusyError);
      }
      perform(): void {
        throw make();
      }
    }
    await Odd.performLater();

    expect((await rig.run()).kind).toBe("retry");
    rig.elapse(60);
    expect((await rig.run()).kind).toBe("dead");

    expect(told).toEqual(["failed", "failed", "dead"]);
    const { error_class: name, error_message: text, executions } = await rig.only(DEAD);
    expect({ name, executions }).toEqual({ name: errorClass, executions: 2 });
    expect(text?.length).toBeLessThanOrEqual(10_000);
    expect(rig.log.messages("error")[0]?.length).toBeLessThan(10_200);
  });

  it("of another realm is matched by the rules for its class here", async () => {
    const rig = new Rig();
    class Foreign extends Job {
      static {
        this.rescueFrom(RangeError, () => fail());
        this.discardOn(TypeError);
      }
      perform(): void {
        vm.runInNewContext("throw new TypeError('boom')");
      }
    }
    await Foreign.performLater();

    expect((await rig.run()).kind).toBe("done");

    expect(rig.log.troubles).toEqual(["Discarded Foreign: boom"]);
  });

  it("may be thrown by whatever is told of it", async () => {
    const rig = new Rig();
    const throwOddity = (): never => {
      throw revoked();
    };
    rig.errorHandlers.push(throwOddity);
    rig.deathHandlers.push(throwOddity);
    class Odd extends Job {
      static {
        this.retry(1);
        this.retryIn(throwOddity);
        this.retriesExhausted(throwOddity);
        this.discardOn(Error, throwOddity);
      }
      perform(): void {
        throw new OddError("boom");
      }
    }
    await Odd.performLater();

    expect((await rig.run()).kind).toBe("retry");
    rig.elapse(60);
    expect((await rig.run()).kind).toBe("dead");

    const error_message = "!!! ERROR MESSAGE THREW AN ERROR !!!";
    expect(await rig.only(DEAD)).toMatchObject({ error_class: "object", error_message });
  });

  function cyclic(): Error {
    const error = new Error("boom");
    error.cause = error;
    return error;
  }

  function endless(): Error {
    return Object.defineProperty(new Error("boom"), "cause", { get: endless });
  }

  function agreeable(): unknown {
    const proxy: unknown = new Proxy({}, { get: (): unknown => proxy, has: () => true });
    return proxy;
  }
});

describe("a time that counts of others make", () => {
  it("is not beyond the last date", async () => {
    const rig = new Rig();
    class Patient extends Failing {}
    await rig.put(JSON.stringify({ ...Patient.prepare().record, retry: 1e15, retry_count: 1e14 }));
    failures = [new Error("broken")];

    expect(await rig.run()).toMatchObject({ kind: "retry", at: 8.64e12 });
  });
});

describe("discardOn of a DeserializationError", () => {
  class Row {
    constructor(readonly id: number) {}
  }
  let find: () => unknown;

  class Read extends Command.initializeWith((row: Row) => ({ row })) {
    static {
      this.retry(0);
      this.discardOn(DeserializationError);
    }
    call(): void {}
  }

  /** Runs the job of a row that is looked up so. */
  async function read(rig: Rig, lookup: () => unknown, command = Read): Promise<string> {
    find = lookup;
    globalId.register(Row, { find: () => find() as Row });
    await command.defer(new Row(1));
    return (await rig.run()).kind;
  }

  it("drops a job whose record is gone", async () => {
    expect(await read(new Rig(), () => undefined)).toBe("done");
  });

  it.each<[string, () => unknown]>([
    ["throws", () => fail()],
    ["rejects", async () => fail()],
    ["throws what cannot be read", () => fail()],
  ])("does not drop one whose record cannot be asked for: the lookup %s", async (how, lookup) => {
    const rig = new Rig();
    failures = [how.endsWith("read") ? revoked() : new Error("the database is away")];

    expect(await read(rig, lookup)).toBe("dead");

    expect(await rig.only(DEAD)).toMatchObject({ error_class: "RecordLookupError" });
  });

  it("leaves that to rules for such an error, and for what the lookup threw", async () => {
    const rig = new Rig();
    const caught: unknown[] = [];
    class Patient extends Read {
      static {
        this.discardOn(BusyError, (_job, error) => caught.push(error));
        this.rescueFrom(RecordLookupError, (error) => caught.push(error.code, error.cause));
      }
    }
    class Rough extends Read {
      static {
        this.discardOn(BusyError, (_job, error) => caught.push(error));
      }
    }
    const error = new BusyError("the database is away");
    failures = [error];

    expect(await read(rig, fail, Patient)).toBe("done");
    expect(await read(rig, fail, Rough)).toBe("done");

    expect(caught).toEqual(["MANDATE_RECORD_LOOKUP", error, error]);
  });
});

describe("a dead job that a person retries", () => {
  it("gets one run more where the attempts of its retryOn are used up", async () => {
    const rig = new Rig();
    class Busy extends Failing {
      static {
        this.retryOn(BusyError, { wait: 1, attempts: 3, jitter: 0 });
      }
    }
    await Busy.performLater();
    expect(await delays(rig, new BusyError())).toEqual([1, 1]);
    expect(await deadSet().retryAll()).toBe(1);

    expect((await rig.run()).kind).toBe("dead");

    expect(await rig.only(DEAD)).toMatchObject({ executions: 4 });
  });

  it("gets one run more where its retries are used up", async () => {
    const rig = new Rig();
    settings().retry = 2;
    class Plain extends Failing {}
    await Plain.performLater();
    expect(await delays(rig, new Error("broken"))).toHaveLength(2);
    expect(await deadSet().retryAll()).toBe(1);

    expect((await rig.run()).kind).toBe("dead");

    expect(await rig.only(DEAD)).toMatchObject({ executions: 4 });
  });
});
