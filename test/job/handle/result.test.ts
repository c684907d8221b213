import {
  abort,
  CallbacksCommand,
  Command,
  globalId,
  Job,
  JobFailedError,
  ResultTimeoutError,
  ResultUnavailableError,
  type JobHandle,
} from "mandate";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AdapterError } from "../../../src/adapters/adapter-error.ts";
import { JobHandle as Handle } from "../../../src/job/handle/job-handle.ts";
import { DEAD, queue, Rig } from "../rig.ts";

class Sum extends Command.initializeWith((...numbers: number[]) => ({ numbers })) {
  static {
    this.keepResult("1 hour");
  }

  async call(): Promise<number> {
    return this.numbers.reduce((sum, each) => sum + each, 0);
  }
}

/** Comes to what it is given, whatever that is. */
let returned: () => unknown = () => undefined;
class Anything extends Job {
  static {
    this.keepResult("1 hour", { maxBytes: 100 });
    this.retry(1);
    this.discardOn(TypeError);
    this.rescueFrom(SyntaxError, () => "rescued");
  }

  perform(): unknown {
    return returned();
  }
}

class Keepless extends Command {
  call(): string {
    return "lost";
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("result", () => {
  it("resolves to what call() returned, once the job is done", async () => {
    const rig = new Rig();
    const job = await Sum.defer(1, 2);
    const result = job.result();

    await rig.run();

    expect(await result).toBe(3);
    expect(await job.result()).toBe(3);
  });

  it("resolves wherever the job ends: before it is asked for, while it is, or after", async () => {
    const rig = new Rig();
    const results: Promise<number>[] = [];
    for (const turns of [0, 1, 2, 3, 5, 8, 13]) {
      const job = await Sum.defer(turns);
      const running = rig.run();
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      results.push(job.result());
      await running;
    }

    expect(await Promise.all(results)).toEqual([0, 1, 2, 3, 5, 8, 13]);
  });

  it("is there for many who wait for many jobs", async () => {
    const rig = new Rig();
    const jobs = await Promise.all(Array.from({ length: 900 }, (_, index) => Sum.defer(index)));
    const results = [...jobs, ...jobs].map((job) => job.result());

    await rig.work();

    const expected = jobs.map((_, index) => index);
    expect(await Promise.all(results)).toEqual([...expected, ...expected]);
  });

  it.each<[string, () => unknown]>([
    ["undefined", () => undefined],
    ["null", () => null],
    ["a date", () => new Date(0)],
    ["a map of bigints", () => new Map([["a", 1n]])],
    ["a promise's value", async () => [1, { a: "ö" }]],
  ])("brings back %s", async (_what, output) => {
    const rig = new Rig();
    returned = output;
    const job = await Anything.performLater();

    await rig.run();

    expect(await job.result()).toEqual(await output());
  });

  it("brings records back by reference, looked up where they arrive", async () => {
    class User {
      constructor(
        readonly id: string,
        readonly name: string,
      ) {}
    }
    let name = "Ada";
    globalId.register(User, { find: (id) => new User(id, name) });
    const rig = new Rig();
    returned = () => ({ owner: new User("7", "Ada") });
    const job = await Anything.performLater();
    await rig.run();
    name = "Ada Lovelace";

    const { owner } = (await job.result()) as { owner: User };

    expect(owner).toBeInstanceOf(User);
    expect(owner).toMatchObject({ id: "7", name: "Ada Lovelace" });
  });

  it("is what the last of its callbacks and middleware let through", async () => {
    const rig = new Rig();
    class Guarded extends Command.initializeWith((goes: boolean) => ({ goes })) {
      static {
        this.keepResult("1 hour");
        this.aroundPerform(async (job, next) => {
          if (job.arguments[0] === true) await next();
        });
      }
      call(): string {
        return "called";
      }
    }
    const [through, halted] = [await Guarded.defer(true), await Guarded.defer(false)];

    await rig.work();

    expect(await through.result()).toBe("called");
    await expect(halted.result()).rejects.toMatchObject({
      outcome: "discarded",
      errorClass: "Abort",
    });
  });

  it("waits through retries and requeues", async () => {
    const rig = new Rig();
    let runs = 0;
    class Moody extends Command {
      static {
        this.keepResult("1 hour");
        this.retryIn(() => 1);
      }
      call(): number {
        runs += 1;
        if (runs === 1) this.requeueJob(1);
        if (runs < 4) throw new Error("not yet");
        return runs;
      }
    }
    const job = await Moody.defer();
    const result = job.result();

    for (let run = 0; run < 4; run += 1) {
      await rig.run();
      rig.elapse(2);
    }

    expect(await result).toBe(4);
  });

  it("waits for what a prerequisite passes to", async () => {
    const rig = new Rig();
    const first = await Sum.defer(1);
    const job = await Sum.set({ prereqJobs: [first] }).defer(2);
    const result = job.result();

    await rig.work();

    expect(await result).toBe(2);
  });
});

describe("result of a job that failed", () => {
  it("rejects once it is dead, with what it failed with", async () => {
    const rig = new Rig();
    returned = () => {
      throw new RangeError("too far");
    };
    const job = await Anything.performLater();
    const result = job.result();
    const rejection = rejectionOf(result);

    await rig.run();
    rig.elapse(3600);
    await rig.run();

    expect(await rejection).toBeInstanceOf(JobFailedError);
    expect(await rejection).toMatchObject({
      message: `Cannot get the result of Anything ${job.id}: the job is dead. It failed with RangeError: too far`,
      code: "MANDATE_JOB_FAILED",
      jid: job.id,
      outcome: "dead",
      errorClass: "RangeError",
      errorMessage: "too far",
    });
  });

  it.each<[string, Error, string]>([
    ["discarded by a rule", new TypeError("never"), "TypeError: never"],
    ["rescued", new SyntaxError("odd"), "SyntaxError: odd"],
    ["halted by a callback", abort, "Abort: a callback or middleware kept it from being performed"],
  ])("rejects where it was %s", async (_how, error, why) => {
    const rig = new Rig();
    returned = () => {
      throw error;
    };
    const job = await Anything.performLater();

    await rig.run();

    await expect(job.result()).rejects.toThrow(
      `Cannot get the result of Anything ${job.id}: the job is discarded. It failed with ${why}`,
    );
  });

  it("rejects where a CallbacksCommand was aborted", async () => {
    const rig = new Rig();
    class Divide extends CallbacksCommand.initializeWith((by: number) => ({ by })) {
      static {
        this.keepResult("1 hour");
      }
      call(): number {
        if (this.by === 0) this.abort(new Error("no zero"));
        return 1 / this.by;
      }
    }
    const [good, bad] = [await Divide.defer(2), await Divide.defer(0)];

    await rig.work();

    expect(await good.result()).toBe(0.5);
    await expect(bad.result()).rejects.toMatchObject({ errorMessage: "no zero" });
  });

  it("rejects where an operator killed it, with the error it had, if any", async () => {
    const rig = new Rig();
    const job = await Sum.defer(1);
    const rejection = rejectionOf(job.result());
    const [stored] = await rig.stored(queue());

    await rig.adapter.store.move(queue(), stored!, "dead", stored!.payload);
    await vi.advanceTimersByTimeAsync(1_000);

    expect(await rejection).toEqual(new JobFailedError(job, { outcome: "dead" }));
    const [dead] = await rig.stored(DEAD);
    const failed = {
      ...JSON.parse(dead!.payload),
      error_class: "JobLostError",
      error_message: "x",
    };
    await rig.adapter.store.move(DEAD, dead!, "dead", JSON.stringify(failed));
    await expect(job.result()).rejects.toMatchObject({
      errorClass: "JobLostError",
      errorMessage: "x",
    });
  });

  it("says that it is dead also where its error cannot be looked up", async () => {
    const rig = new Rig();
    const job = await Sum.defer(1);
    const [stored] = await rig.stored(queue());
    await rig.adapter.store.move(queue(), stored!, "dead", "no JSON");

    await expect(job.result()).rejects.toMatchObject({ outcome: "dead", errorClass: undefined });
  });

  it("waits again once a dead job is run again", async () => {
    const rig = new Rig();
    returned = () => {
      throw new RangeError("broken");
    };
    const job = await Anything.set({}).performLater();
    await rig.run();
    rig.elapse(3600);
    await rig.run();
    await expect(job.result()).rejects.toMatchObject({ outcome: "dead" });
    const [dead] = await rig.stored(DEAD);
    await rig.adapter.store.move(DEAD, dead!, "queue", dead!.payload);
    returned = () => "mended";
    const result = job.result();

    await rig.run();

    expect(await result).toBe("mended");
  });
});

describe("result that is not there", () => {
  it("is refused at once where the class keeps none", async () => {
    new Rig();
    const job = await Keepless.defer();

    await expect(job.result()).rejects.toMatchObject({
      message:
        `Cannot get the result of Keepless ${job.id}: its class keeps none. ` +
        'Declare in its static block this.keepResult("1 hour")',
      code: "MANDATE_RESULT_UNAVAILABLE",
      reason: "not-kept",
      jid: job.id,
    });
  });

  it("is refused where a subclass takes it back", async () => {
    const rig = new Rig();
    class Frugal extends Anything {
      static {
        this.keepResult(false);
      }
    }
    returned = () => 1;
    const job = await Frugal.performLater();

    await rig.run();

    await expect(job.result()).rejects.toMatchObject({ reason: "not-kept" });
    expect(await rig.adapter.notes.readEnds([job.id])).toEqual([
      { state: "over", left: undefined },
    ]);
  });

  it("is said to be gone when its time is over, or the job was deleted", async () => {
    const rig = new Rig();
    const old = await Sum.defer(1);
    await rig.run();
    rig.elapse(3601);
    const deleted = await Sum.defer(2);
    const rejection = rejectionOf(deleted.result());

    await rig.adapter.store.clear(queue());
    await vi.advanceTimersByTimeAsync(1_000);

    expect(await rejection).toMatchObject({ reason: "gone" });
    await expect(old.result()).rejects.toThrow(
      new ResultUnavailableError(
        old,
        "gone",
        "the job is over and has left none. Either the time for which it was kept has passed, or where it ran " +
          "its class did not ask for that (keepResult), or the job was deleted",
      ),
    );
  });

  it("is too large, though the job is done", async () => {
    const rig = new Rig();
    returned = () => "ö".repeat(45);
    const job = await Anything.performLater();

    const { kind } = await rig.run();

    const why =
      "it has 103 bytes, and Anything keeps 100 at most. Return less, or a reference, or give keepResult a larger maxBytes";
    expect(kind).toBe("done");
    expect(rig.log.messages("warn")).toEqual([
      `Could not keep the result of Anything, which is done: ${why}`,
    ]);
    await expect(job.result()).rejects.toMatchObject({
      message: `Cannot get the result of Anything ${job.id}: the job is done, and its result was not kept: ${why}`,
      reason: "too-large",
    });
  });

  it.each<[string, () => unknown, string]>([
    ["cannot travel", () => ({ a: [() => 1] }), "the result of Anything, at .a[0]: a function"],
    [
      "cannot be written",
      () => ({
        get a() {
          throw new Error("no");
        },
      }),
      "it cannot be written down: no",
    ],
  ])("%s, though the job is done", async (_how, output, why) => {
    const rig = new Rig();
    returned = output;
    const job = await Anything.performLater();

    const { kind } = await rig.run();

    expect(kind).toBe("done");
    await expect(job.result()).rejects.toMatchObject({
      reason: "not-serializable",
      message: expect.stringContaining(why) as string,
    });
  });

  it("is none of a job that was not enqueued", async () => {
    new Rig();
    const job = Sum.prepare(1);

    await expect(job.result()).rejects.toThrow(
      new TypeError(
        `Cannot wait for the result of Sum ${job.id}: it was not enqueued. ` +
          "Ask once deferAll, or the deferAfter around it, has resolved",
      ),
    );
  });
});

describe("waiting for a result", () => {
  it("ends with its timeout", async () => {
    new Rig();
    const job = await Sum.defer(1);
    const late = rejectionOf(job.result({ timeout: "10 seconds" }));
    const usual = rejectionOf(job.result());

    await vi.advanceTimersByTimeAsync(30_000);

    expect(await late).toMatchObject({
      message:
        `Cannot wait any longer for the result of Sum ${job.id}: after 10 seconds the job is not over. ` +
        "Wait longer (timeout), or find out where it is by its status()",
      code: "MANDATE_RESULT_TIMEOUT",
      jid: job.id,
    });
    expect(String(await usual)).toContain("after 30 seconds");
  });

  it("ends with its timeout also where the store does not answer, and says so", async () => {
    const rig = new Rig();
    const job = await Sum.defer(1);
    const away = new AdapterError("Redis is unreachable");
    vi.spyOn(rig.adapter.notes, "readEnds").mockRejectedValue(away);
    const late = rejectionOf(job.result({ timeout: 5 }));

    await vi.advanceTimersByTimeAsync(5_000);

    expect(await late).toEqual(new ResultTimeoutError(job, 5, away));
  });

  it("outlives a store that is away for a while", async () => {
    const rig = new Rig();
    const job = await Sum.defer(1);
    vi.spyOn(rig.adapter.notes, "readEnds").mockRejectedValueOnce(new AdapterError("away"));
    const result = job.result();

    await vi.advanceTimersByTimeAsync(500);
    await rig.run();
    await vi.advanceTimersByTimeAsync(1_000);

    expect(await result).toBe(1);
  });

  it("needs no announcement: it looks each second", async () => {
    const rig = new Rig();
    const job = await Sum.defer(1);
    vi.spyOn(rig.adapter.notes, "listen").mockReturnValue({
      ready: Promise.reject(new AdapterError("not allowed to listen")),
      stop: () => undefined,
    });
    const result = job.result();

    await vi.advanceTimersByTimeAsync(10);
    await rig.run();
    await vi.advanceTimersByTimeAsync(1_000);

    expect(await result).toBe(1);
  });

  it("leaves a signal as it was: any number of results may be waited for with it", async () => {
    new Rig();
    const warned: string[] = [];
    const hear = ({ name }: Error): void => void warned.push(name);
    process.on("warning", hear);
    const controller = new AbortController();
    const jobs = await Promise.all(Array.from({ length: 25 }, () => Sum.defer(1)));
    const rejections = jobs.map((job) => rejectionOf(job.result({ signal: controller.signal })));

    controller.abort(new Error("given up"));

    expect(new Set(await Promise.all(rejections))).toEqual(new Set([new Error("given up")]));
    process.off("warning", hear);
    expect(warned).toEqual([]);
  });

  it("ends with its signal", async () => {
    new Rig();
    const job = await Sum.defer(1);
    const controller = new AbortController();
    const rejection = rejectionOf(job.result({ signal: controller.signal }));

    controller.abort(new Error("given up"));

    expect(await rejection).toEqual(new Error("given up"));
    await expect(job.result({ signal: controller.signal })).rejects.toThrow("given up");
  });

  it("leaves nothing behind, however it ends", async () => {
    const rig = new Rig();
    const stops: string[] = [];
    const { notes } = rig.adapter;
    const listen = notes.listen.bind(notes);
    vi.spyOn(notes, "listen").mockImplementation((jid, onEnd) => {
      const { ready, stop } = listen(jid, onEnd);
      return { ready, stop: () => (stops.push(jid), stop()) };
    });
    const jobs = [await Sum.defer(1), await Sum.defer(2)];
    const ended = Promise.allSettled([jobs[0]!.result(), jobs[1]!.result({ timeout: 1 })]);

    await rig.run();
    await vi.advanceTimersByTimeAsync(1_000);
    await ended;

    expect(stops).toEqual(jobs.map(({ id }) => id));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("refuses options that do not exist, and durations that are none", async () => {
    new Rig();
    const job: JobHandle = await Sum.defer(1);

    await expect(job.result({ timeOut: 5 } as never)).rejects.toThrow('option "timeOut"');
    await expect(job.result({ timeout: Infinity })).rejects.toThrow("timeout of result of Sum");
  });

  it("is possible with any handle of the job", async () => {
    const rig = new Rig();
    const job = await Sum.defer(5);
    const { record, className } = job as JobHandle;
    const { adapter } = rig;
    const other = new Handle<number>({ record, className, arguments: [], adapter });

    await rig.run();

    expect(await other.result()).toBe(5);
  });
});

describe("keepResult", () => {
  it.each<[string, () => void, string]>([
    ["a time", () => Job.keepResult("soon" as never), "keepResult of Job"],
    ["a size", () => Job.keepResult(5, { maxBytes: 0.5 }), "maxBytes in keepResult of Job"],
    [
      "an option",
      () => Job.keepResult(5, { max: 5 } as never),
      'option "max" in keepResult of Job',
    ],
  ])("refuses %s that is none", (_what, declare, message) => {
    expect(declare).toThrow(message);
  });
});

/** At once, or it would be unhandled for a while. */
function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (output) => new Error(`Expected a rejection, found ${String(output)}`),
    (error: unknown) => error,
  );
}
