import { abort, CallbacksCommand, Command, Job, TimeoutError } from "mandate";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { DEAD, queue, RETRY, Rig } from "../job/rig.ts";

class BusyError extends Error {}

const MESSAGE =
  "Cannot let Slow run on: it took longer than its timeout, 30 seconds. " +
  "Raise the timeout of the class, or let it do less in one run";

let begin: () => void;
let begun: Promise<void>;
let end: () => void;
let ended: Promise<void>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  begun = new Promise((resolve) => (begin = resolve));
  ended = new Promise((resolve) => (end = resolve));
});

/** A job that goes on until the test ends it. */
abstract class Limited extends Job {
  static {
    this.timeout("30 seconds");
  }

  protected async untilEnded(): Promise<void> {
    begin();
    await ended;
  }
}

/** Rejects with the signal's reason, as `fetch` does. */
function aborted(signal: AbortSignal): Promise<never> {
  begin();
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason as Error)),
  );
}

async function pass(seconds: number): Promise<void> {
  await begun;
  vi.advanceTimersByTime(seconds * 1000);
}

describe("a timeout", () => {
  it("aborts the job's signal, and fails a job that heeds it", async () => {
    const rig = new Rig();
    const told: unknown[] = [];
    rig.errorHandlers.push((error) => told.push(error));
    class Slow extends Limited {
      perform(): Promise<never> {
        return aborted(this.signal);
      }
    }
    await Slow.performLater();

    const run = rig.run();
    await pass(30);

    expect((await run).kind).toBe("retry");
    expect(told).toEqual([new TimeoutError("Slow", 30)]);
    expect(told[0]).toMatchObject({ code: "MANDATE_TIMEOUT", timeout: 30, message: MESSAGE });
    expect(await rig.only(RETRY)).toMatchObject({
      error_class: "TimeoutError",
      error_message: MESSAGE,
      retry_count: 0,
    });
    expect(await rig.adapter.store.counters()).toEqual({ processed: 1, failed: 1 });
  });

  it("does not fail a job that ends in time, nor aborts the signal that it left behind", async () => {
    const rig = new Rig();
    const heard: string[] = [];
    class Slow extends Limited {
      perform(): Promise<void> {
        this.signal.addEventListener("abort", () => heard.push("abort"));
        return this.untilEnded();
      }
    }
    await Slow.performLater();

    const run = rig.run();
    await pass(29.999);
    end();

    expect((await run).kind).toBe("done");
    vi.advanceTimersByTime(100_000);
    expect(heard).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    expect(rig.log.troubles).toEqual([]);
  });

  it("leaves no timer where perform is synchronous", async () => {
    const rig = new Rig();
    class Slow extends Limited {
      perform(): void {}
    }
    await Slow.performLater();
    const timers = vi.getTimerCount();

    expect((await rig.run()).kind).toBe("done");
    expect(vi.getTimerCount()).toBe(timers);
  });

  it("fails a job that ends well, but late: it may have left out what its signal broke off", async () => {
    const rig = new Rig();
    class Slow extends Limited {
      perform(): Promise<void> {
        return this.untilEnded();
      }
    }
    await Slow.performLater();

    const run = rig.run();
    await pass(31);
    end();

    expect((await run).kind).toBe("retry");
    expect((await rig.only(RETRY)).error_class).toBe("TimeoutError");
  });

  it("is the failure of a job that throws another error late, with that as its cause", async () => {
    const rig = new Rig();
    const told: unknown[] = [];
    rig.errorHandlers.push((error) => told.push(error));
    class Slow extends Limited {
      async perform(): Promise<void> {
        await this.untilEnded();
        throw new BusyError("closed");
      }
    }
    await Slow.performLater();

    const run = rig.run();
    await pass(31);
    end();

    expect((await run).kind).toBe("retry");
    expect(told).toEqual([new TimeoutError("Slow", 30, { cause: new BusyError("closed") })]);
  });

  it("is a failure as any other to the rules of the class", async () => {
    const rig = new Rig();
    class Slow extends Limited {
      static {
        this.discardOn(TimeoutError);
      }

      perform(): Promise<never> {
        return aborted(this.signal);
      }
    }
    class Slower extends Slow {
      static {
        this.retryOn(TimeoutError, { attempts: 2, wait: 7, jitter: 0 });
      }
    }
    await Slow.performLater();
    const discarded = rig.run();
    await pass(30);
    expect((await discarded).kind).toBe("done");

    await Slower.performLater();
    const retried = rig.run();
    await new Promise(setImmediate);
    await pass(30);

    expect((await retried).kind).toBe("retry");
    expect(await rig.only(RETRY)).toMatchObject({ dueIn: 7 });
  });

  it("covers callbacks, also one that halts the job late", async () => {
    const rig = new Rig();
    class Slow extends Limited {
      static {
        this.retry(0);
        this.beforePerform(async () => {
          begin();
          await ended;
          throw abort;
        });
      }

      perform(): void {}
    }
    await Slow.performLater();

    const run = rig.run();
    await pass(30);
    end();

    expect((await run).kind).toBe("dead");
    expect((await rig.only(DEAD)).error_class).toBe("TimeoutError");
  });

  it("lets a job be requeued that asks for that, or discarded that aborts with its errors", async () => {
    const rig = new Rig();
    class Slow extends Limited {
      async perform(): Promise<void> {
        await this.untilEnded();
        if (this.signal.aborted) this.requeueJob(60);
      }
    }
    class Refusing extends CallbacksCommand {
      static {
        this.timeout(30);
      }

      async call(): Promise<void> {
        begin();
        await ended;
        this.abort(this.signal.reason);
      }
    }
    await Slow.performLater();
    await Refusing.defer();

    const requeued = rig.run();
    await pass(30);
    const aborted = rig.run();
    await new Promise(setImmediate);
    await pass(30);
    end();

    expect((await requeued).kind).toBe("requeue");
    expect((await aborted).kind).toBe("done");
    expect(rig.log.troubles.at(-1)).toBe(
      `Aborted Refusing: ${MESSAGE.replace("Slow", "Refusing")}`,
    );
  });

  it("is inherited, may be replaced, and taken back", async () => {
    const rig = new Rig();
    class Slow extends Limited {
      perform(): Promise<void> {
        return this.untilEnded();
      }
    }
    class Slower extends Slow {
      static {
        this.timeout(90);
      }
    }
    class Endless extends Slower {
      static {
        this.timeout(false);
      }
    }
    await Slower.performLater();
    await Endless.performLater();

    const slower = rig.run();
    await pass(89);
    const endless = rig.run();
    await new Promise(setImmediate);
    await pass(1_000);
    end();

    expect((await slower).kind).toBe("retry");
    expect((await endless).kind).toBe("done");
  });

  it("aborts a signal that is asked for when the time is over already", async () => {
    const rig = new Rig();
    const reasons: unknown[] = [];
    class Slow extends Limited {
      async perform(): Promise<void> {
        await this.untilEnded();
        reasons.push(this.signal.reason);
      }
    }
    await Slow.performLater();

    const run = rig.run();
    await pass(30);
    end();
    await run;

    expect(reasons).toEqual([new TimeoutError("Slow", 30)]);
  });

  it("is no failure any more once the worker has aborted the signal, and still one where it was first", async () => {
    const rig = new Rig();
    class Slow extends Limited {
      async perform(): Promise<void> {
        await this.untilEnded();
        this.signal.throwIfAborted();
      }
    }
    await Slow.performLater();
    await Slow.performLater();

    const first = rig.run();
    await pass(30);
    const second = rig.run();
    await new Promise(setImmediate);
    rig.shutdown.abort(new Error("The worker shuts down"));
    await pass(30);
    end();

    expect((await first).kind).toBe("retry");
    expect((await second).kind).toBe("release");
    expect(vi.getTimerCount()).toBe(0);
    expect(await rig.waiting()).toBe(1);
    expect((await rig.stored(queue())).length).toBe(1);
  });

  it("reports a run that goes on all the same, five seconds later and then each minute", async () => {
    const rig = new Rig();
    class Slow extends Limited {
      perform(): Promise<void> {
        return this.untilEnded();
      }
    }
    const job = await Slow.performLater();

    const run = rig.run();
    await pass(34);
    expect(rig.log.troubles).toEqual([]);
    vi.advanceTimersByTime(1_000);
    vi.advanceTimersByTime(60_000);

    expect(rig.log.lines.filter(({ level }) => level === "warn")).toEqual(
      [5, 65].map((overdue) => ({
        level: "warn",
        message: `Slow still runs ${overdue} s after its timeout of 30 s, and keeps its slot`,
        fields: { jid: job.id, job: "Slow", queue: "default", timeout: 30, overdue },
      })),
    );
    end();
    await run;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not time what is called inline", async () => {
    class Slow extends Command {
      static {
        this.timeout(30);
      }

      async call(): Promise<boolean> {
        begin();
        await ended;
        return this.signal.aborted;
      }
    }

    const call = Slow.call();
    await pass(31);
    end();

    expect(await call).toBe(false);
  });
});

describe("performNow under a timeout", () => {
  it("fails as a worker's run does, whether it heeds its signal or not", async () => {
    new Rig();
    class Slow extends Limited {
      async perform(how: "heed" | "ignore" | "throw"): Promise<void> {
        if (how === "heed") await aborted(this.signal);
        await this.untilEnded();
        if (how === "throw") throw new BusyError("closed");
      }
    }
    const runs = (["heed", "ignore", "throw"] as const).map((how) =>
      Slow.performNow(how).catch((error: unknown) => error),
    );
    await pass(30);
    end();

    expect(await Promise.all(runs)).toEqual([
      new TimeoutError("Slow", 30),
      new TimeoutError("Slow", 30),
      new TimeoutError("Slow", 30, { cause: new BusyError("closed") }),
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("returns what ends in time, and applies the rules of the class", async () => {
    new Rig();
    class Slow extends Limited {
      static {
        this.rescueFrom(TimeoutError, (error) => error.timeout);
      }

      async perform(late: boolean): Promise<string> {
        if (late) await aborted(this.signal);
        return "in time";
      }
    }

    expect(await Slow.performNow(false)).toBe("in time");
    const late = Slow.performNow(true);
    await pass(30);
    expect(await late).toBe(30);
  });

  it("still hears of what aborts the job around it", async () => {
    const rig = new Rig();
    const reasons: unknown[] = [];
    class Inner extends Limited {
      perform(): void {
        rig.shutdown.abort("why");
        reasons.push(this.signal.reason);
      }
    }
    class Outer extends Job {
      async perform(): Promise<void> {
        await Inner.performNow();
      }
    }
    await Outer.performLater();

    await rig.run();

    expect(reasons).toEqual(["why"]);
  });
});
