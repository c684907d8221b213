import { abort, CallbacksCommand, Command, Job } from "mandate";
import { describe, expect, it } from "vitest";
import { queue, Rig } from "../rig.ts";

class Sum extends CallbacksCommand.initializeWith((numbers: readonly number[]) => ({ numbers })) {
  async call(): Promise<void> {
    await Promise.resolve();
    if (this.numbers.length === 0) this.abort("nothing to add");
    this.numbers.filter(Number.isNaN).forEach(() => this.addError(new Error("not a number")));
    this.abortIfErrored();
  }
}

describe("a deferred command that aborts", () => {
  it("is dropped, with its errors in the log", async () => {
    const rig = new Rig();
    const told: unknown[] = [];
    rig.errorHandlers.push((error) => told.push(error));
    const job = await Sum.defer([]);

    const outcome = await rig.run();

    expect(outcome).toEqual(expect.objectContaining({ kind: "done" }));
    expect(outcome).not.toHaveProperty("failed");
    expect(rig.log.lines.filter(({ level }) => level === "warn")).toEqual([
      {
        level: "warn",
        message: "Aborted Sum: nothing to add",
        fields: { jid: job.id, job: "Sum", queue: "default", errors: ["nothing to add"] },
      },
    ]);
    expect(told).toEqual([]);
  });

  it("names all of its errors, or says that there are none", async () => {
    const rig = new Rig();
    class Silent extends CallbacksCommand {
      call(): void {
        this.abort();
      }
    }
    await Sum.defer([NaN, NaN]);
    await Silent.defer();

    await rig.work();

    expect(rig.log.messages("warn")).toEqual([
      "Aborted Sum: not a number; not a number",
      "Aborted Silent: no errors given",
    ]);
  });

  it("ends as halted where call throws abort, with callbacks or without", async () => {
    const rig = new Rig();
    class Bare extends Command {
      call(): void {
        throw abort;
      }
    }
    class Surrounded extends Bare {
      static {
        this.aroundPerform((_job, next) => next());
      }
    }
    await Bare.defer();
    await Surrounded.defer();

    expect(await rig.work()).toEqual(["done", "done"]);

    expect(rig.log.troubles).toEqual([]);
    expect(rig.log.messages("info")[1]).toBe("Halted Bare");
  });
});

describe("a job's signal", () => {
  it("is its own: what a job that has ended left behind hears of no shutdown", async () => {
    const rig = new Rig();
    const heard: unknown[] = [];
    class Forgetful extends Job {
      perform(): void {
        this.signal.addEventListener("abort", () => heard.push("abort"));
      }
    }
    await Forgetful.performLater();

    expect(await rig.work()).toEqual(["done"]);
    rig.shutdown.abort();

    expect(heard).toEqual([]);
  });

  it("is the same throughout a run, and aborted from the start where the worker's is", async () => {
    const rig = new Rig();
    const seen: unknown[] = [];
    class Looking extends Job {
      perform(): void {
        seen.push(this.signal === this.signal, this.signal.reason);
      }
    }
    await Looking.performLater();
    rig.shutdown.abort("why");

    await rig.work();

    expect(seen).toEqual([true, "why"]);
  });
});

describe("a job whose signal is aborted", () => {
  class Listening extends Job {
    async perform(): Promise<void> {
      const { signal } = this;
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error("interrupted")));
        started();
      });
    }
  }
  let started = () => {};

  it("goes back to the head of its queue, with no attempt spent", async () => {
    const rig = new Rig();
    const told: unknown[] = [];
    rig.errorHandlers.push((error) => told.push(error));
    await Listening.performLater();
    await Listening.performLater();
    const [first] = await rig.stored(queue());
    const running = new Promise<void>((resolve) => (started = resolve));

    const run = rig.run();
    await running;
    rig.shutdown.abort(new Error("The worker shuts down"));

    expect((await run).kind).toBe("release");
    expect((await rig.stored(queue()))[0]).toEqual(first);
    expect(rig.log.messages("info").at(-1)).toBe("Gave back Listening: The worker shuts down");
    expect(rig.log.troubles).toEqual([]);
    expect(told).toEqual([]);
    expect(await rig.adapter.store.counters()).toEqual({ processed: 0, failed: 0 });
  });

  it("is done where it ends well in spite of that", async () => {
    const rig = new Rig();
    class Finishing extends Job {
      perform(): void {
        rig.shutdown.abort(new Error("The worker shuts down"));
      }
    }
    await Finishing.performLater();

    expect((await rig.run()).kind).toBe("done");
  });

  it("is requeued where it asked for that before", async () => {
    const rig = new Rig();
    class Leaving extends Job {
      perform(): void {
        rig.shutdown.abort(new Error("The worker shuts down"));
        this.requeueJob(60);
      }
    }
    await Leaving.performLater();

    expect((await rig.run()).kind).toBe("requeue");
  });
});
