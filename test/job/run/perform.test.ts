import { abort, currentJob, globalId, Job, type Middleware } from "mandate";
import { describe, expect, it } from "vitest";
import { settings } from "../../../src/job/settings/settings.ts";
import { queue, RETRY, Rig } from "../rig.ts";

const steps: string[] = [];

class Plain extends Job {
  perform(text?: string): void {
    steps.push(`perform ${text}`);
  }
}

class Surrounded extends Plain {
  static {
    this.beforePerform(() => steps.push("before"));
    this.afterPerform(() => steps.push("after"));
    this.aroundPerform(async (_job, next) => {
      steps.push("around in");
      await next();
      steps.push("around out");
    });
  }
}

function use(...middleware: Middleware[]): Rig {
  const rig = new Rig();
  steps.length = 0;
  settings().performMiddleware = middleware;
  return rig;
}

describe("performing a job", () => {
  it("runs callbacks inside of middleware", async () => {
    const rig = use(async (job, next) => {
      steps.push(`middleware in, ${String(job.arguments)}`);
      await next();
      steps.push("middleware out");
    });
    await Surrounded.performLater("a");

    expect(await rig.work()).toEqual(["done"]);

    expect(steps).toEqual([
      "middleware in, a",
      "before",
      "around in",
      "perform a",
      "around out",
      "after",
      "middleware out",
    ]);
  });

  it("runs a parent's callbacks around those of its subclass", async () => {
    const rig = use();
    class Heir extends Surrounded {
      static {
        this.beforePerform(() => steps.push("own before"));
        this.afterPerform(() => steps.push("own after"));
      }
    }
    await Heir.performLater("a");

    await rig.work();

    expect(steps).toEqual([
      "before",
      "around in",
      "own before",
      "perform a",
      "own after",
      "around out",
      "after",
    ]);
  });

  it("runs all of it in the job's context", async () => {
    const seen: unknown[] = [];
    const rig = use(async (_job, next) => {
      seen.push(currentJob()?.id);
      await next();
    });
    class Looking extends Job {
      static {
        this.beforePerform(() => seen.push(currentJob()?.id));
        this.rescueFrom(Error, () => seen.push(currentJob()?.id));
      }

      perform(): void {
        throw new Error("broken");
      }
    }
    const { id } = await Looking.performLater();

    await rig.run();

    expect(seen).toEqual([id, id, id]);
  });

  it("shows callbacks the records that were found, and middleware that stands around the search none", async () => {
    class User {
      constructor(readonly id: number) {}
    }
    const user = new User(1);
    globalId.register(User, { find: () => user });
    const seen: unknown[] = [];
    const rig = use(async (job, next) => {
      seen.push(job.arguments[0]);
      await next();
      seen.push(job.arguments[0]);
    });
    class Greet extends Job {
      static {
        this.beforePerform((job) => seen.push(job.arguments[0]));
      }

      perform(found: User): void {
        seen.push(found, this.job?.arguments[0]);
      }
    }
    await Greet.performLater(user);

    await rig.run();

    expect(seen).toEqual(["gid://app/User/1", user, user, user, user]);
  });
});

describe("a job that does not come to run", () => {
  class Halted extends Plain {
    static {
      this.beforePerform(() => {
        throw abort;
      });
      this.afterPerform(() => steps.push("after"));
    }
  }

  it("is done where a callback aborts or middleware does not call next, and the log says so", async () => {
    const rig = use();
    await Halted.performLater();
    await rig.run();
    settings().performMiddleware = [async () => {}];
    await Plain.performLater();
    await rig.run();

    expect(steps).toEqual([]);
    expect(rig.log.messages("info")).toEqual([
      "Performing Halted",
      "Halted Halted",
      "Performing Plain",
      "Halted Plain",
    ]);
    expect(await rig.adapter.store.counters()).toEqual({ processed: 2, failed: 0 });
  });

  it("frees those that wait for it", async () => {
    const rig = use();
    const halted = await Halted.performLater();
    await Plain.set({ prereqJobs: [halted] }).performLater("behind");

    await rig.work();

    expect(steps).toEqual(["perform behind"]);
  });
});

describe("perform-side middleware", () => {
  it("sees errors of the job, and may swallow them", async () => {
    const rig = use((_job, next) =>
      next().catch((error: unknown) => void steps.push(String(error))),
    );
    class Failing extends Job {
      perform(): void {
        throw new Error("broken");
      }
    }
    await Failing.performLater();

    expect(await rig.work()).toEqual(["done"]);

    expect(steps).toEqual(["Error: broken"]);
  });

  it("fails the job where it throws, and rules hold for that", async () => {
    const rig = use(async () => {
      throw new RangeError("refused");
    });
    class Ruled extends Plain {
      static {
        this.discardOn(RangeError);
      }
    }
    await Plain.performLater();
    await Ruled.performLater();

    expect(await rig.work()).toEqual(["retry", "done"]);

    expect(await rig.only(RETRY)).toMatchObject({ class: "Plain", error_message: "refused" });
    expect(steps).toEqual([]);
  });

  it("changes nothing that is stored", async () => {
    const rig = use(async (job, next) => {
      job.record.retry = false;
      job.record.tenant = "acme";
      await next();
    });
    class Requeueing extends Job {
      perform(): void {
        this.requeueJob(0);
      }
    }
    const { record } = await Requeueing.performLater();

    await rig.run();

    const { dueIn: _, enqueued_at: __, ...stored } = await rig.only(queue());
    expect(stored).toEqual(record);
  });

  it("does not end a job before it has, where it does not await next", async () => {
    const rig = use(async (_job, next) => {
      void next();
    });
    class Slow extends Job {
      async perform(): Promise<void> {
        await new Promise(setImmediate);
        throw new Error("broken");
      }
    }
    await Slow.performLater();

    expect(await rig.work()).toEqual(["retry"]);
  });
});
