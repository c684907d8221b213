import { abort, AdapterError, Job, MemoryAdapter, performAllLater, type Middleware } from "mandate";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../../src/adapters/adapter.ts";
import { ALL_ACCEPTED, type EnqueueAnswer } from "../../../src/adapters/enqueue-answer.ts";
import { settings } from "../../../src/job/settings/settings.ts";
import { queue, Rig } from "../rig.ts";

class Plain extends Job {
  perform(_name?: string): void {}
}

function use(...middleware: Middleware[]): void {
  settings().enqueueMiddleware = middleware;
}

describe("enqueueJobs", () => {
  it("sends a batch in order, and accepts its jobs", async () => {
    const rig = new Rig();

    const handles = await performAllLater([Plain.prepare("a"), Plain.prepare("b")]);

    expect((await rig.records(queue())).map(({ args }) => args)).toEqual([["a"], ["b"]]);
    expect(handles.map(({ id }) => id)).toEqual((await rig.records(queue())).map((r) => r.jid));
  });

  it("sends nothing for nothing, with middleware and without", async () => {
    new Rig();

    expect(await performAllLater([])).toEqual([]);
    use((_job, next) => next());
    expect(await performAllLater([])).toEqual([]);
  });

  it("sends all that come through in one call of the adapter", async () => {
    new Rig();
    const batches: string[][] = [];
    settings().adapter = new Recording(batches);
    use(async (job, next) => {
      if (job.arguments[0] === "slow") await new Promise(setImmediate);
      await next();
    });

    await performAllLater([Plain.prepare("slow"), Plain.prepare("fast")]);

    expect(batches).toEqual([["slow", "fast"]]);
  });

  it("leaves out those that are halted, and returns the others", async () => {
    const rig = new Rig();
    use(async (job, next) => {
      if (job.arguments[0] !== "unwanted") await next();
    });

    const handles = await performAllLater([Plain.prepare("unwanted"), Plain.prepare("wanted")]);

    expect(handles.map((job) => job.arguments)).toEqual([["wanted"]]);
    expect(await rig.records(queue())).toMatchObject([{ args: ["wanted"] }]);
  });

  it("sends none of a batch if the way in of one throws, and tells the others' layers", async () => {
    const rig = new Rig();
    const told: unknown[] = [];
    use(async (job, next) => {
      if (job.arguments[0] === "broken") throw new RangeError("refused");
      await next().catch((error: unknown) => {
        told.push(error);
        throw error;
      });
    });

    const enqueueing = performAllLater([Plain.prepare("fine"), Plain.prepare("broken")]);

    await expect(enqueueing).rejects.toThrow(new RangeError("refused"));
    expect(told).toEqual([new RangeError("refused")]);
    expect(await rig.waiting()).toBe(0);
  });

  it("has enqueued the job where a way out throws", async () => {
    const rig = new Rig();
    class Fussy extends Job {
      static {
        this.afterEnqueue(() => {
          throw new Error("too late");
        });
      }

      perform(): void {}
    }

    await expect(Fussy.performLater()).rejects.toThrow("too late");

    expect(await rig.waiting()).toBe(1);
  });

  it("runs callbacks inside of middleware, afters once the store has the job", async () => {
    const rig = new Rig();
    const steps: unknown[] = [];
    class Noting extends Job {
      static {
        this.beforeEnqueue(() => steps.push("before"));
        this.afterEnqueue(async () => steps.push(`after, ${await rig.waiting()} waiting`));
        this.aroundEnqueue(async (_job, next) => {
          steps.push("around in");
          await next();
          steps.push("around out");
        });
      }

      perform(): void {}
    }
    use(async (_job, next) => {
      steps.push("middleware in");
      await next();
      steps.push("middleware out");
    });

    await Noting.performLater();

    expect(steps).toEqual([
      "middleware in",
      "before",
      "around in",
      "around out",
      "after, 1 waiting",
      "middleware out",
    ]);
  });

  it("lets the record travel with what middleware put into it", async () => {
    const rig = new Rig();
    use(async (job, next) => {
      job.record.tenant = "acme";
      job.record.queue = "tenants";
      await next();
    });

    const job = await Plain.performLater();

    expect(job.queueName).toBe("tenants");
    expect(await rig.only(queue("tenants"))).toMatchObject({ tenant: "acme", queue: "tenants" });
  });

  it("resolves to undefined where a callback aborts", async () => {
    const rig = new Rig();
    class Halted extends Job {
      static {
        this.beforeEnqueue(() => {
          throw abort;
        });
      }

      perform(): void {}
    }

    expect(await Halted.performLater()).toBeUndefined();
    expect(await rig.waiting()).toBe(0);
  });

  it("hands the adapter the time it may take", async () => {
    new Rig();
    const timeouts: unknown[] = [];
    class Timed extends MemoryAdapter {
      override enqueue(entries: readonly Entry[], timeout?: number): Promise<EnqueueAnswer> {
        timeouts.push(timeout);
        return super.enqueue(entries);
      }
    }
    Object.assign(settings(), { adapter: new Timed(), enqueueTimeout: 3 });

    await Plain.performLater();

    expect(timeouts).toEqual([3]);
  });
});

describe("enqueueJobs, where the store is away", () => {
  class Failing extends MemoryAdapter {
    override enqueue(entries: readonly Entry[]): Promise<never> {
      const accepted = entries.slice(0, 1).map(({ jid }) => jid);
      return Promise.reject(new AdapterError("Cannot enqueue", { accepted, maybeAccepted: true }));
    }
  }

  it("rejects with what the adapter says", async () => {
    new Rig();
    settings().adapter = new Failing();
    const jobs = [Plain.set({ jid: "a" }).prepare(), Plain.set({ jid: "b" }).prepare()];

    await expect(performAllLater(jobs)).rejects.toMatchObject({
      code: "MANDATE_ADAPTER",
      accepted: ["a"],
      maybeAccepted: true,
    });
  });

  it("knows which jobs others can wait for", async () => {
    const rig = new Rig();
    const [accepted, refused] = [Plain.prepare(), Plain.prepare()];
    settings().adapter = new Failing();
    await expect(performAllLater([accepted, refused])).rejects.toThrow(AdapterError);
    settings().adapter = rig.adapter;

    await Plain.set({ prereqJobs: [accepted] }).performLater();

    await expect(Plain.set({ prereqJobs: [refused] }).performLater()).rejects.toThrow(
      /^Cannot defer Plain behind Plain [0-9a-f]{24}: that job was prepared, but never enqueued/,
    );
  });

  it("can be asked whether it has what it may have, and not what it has refused", async () => {
    const rig = new Rig();
    let maybeAccepted = true;
    class Silent extends MemoryAdapter {
      override async enqueue(entries: readonly Entry[]): Promise<never> {
        if (maybeAccepted) await super.enqueue(entries);
        throw new AdapterError("Cannot enqueue", { maybeAccepted });
      }
    }
    settings().adapter = new Silent({ logger: rig.log });
    const [taken, refused] = [Plain.prepare(), Plain.prepare()];
    await expect(performAllLater([taken])).rejects.toThrow(AdapterError);
    maybeAccepted = false;
    await expect(performAllLater([refused])).rejects.toThrow(AdapterError);

    expect(await taken.status()).toBe("enqueued");
    await expect(refused.status()).rejects.toThrow(
      `Cannot tell where Plain ${refused.id} is: it was not enqueued. ` +
        "Ask once deferAll, or the deferAfter around it, has resolved",
    );
  });

  it("fails even where middleware swallows it", async () => {
    new Rig();
    settings().adapter = new Failing();
    use((_job, next) => next().catch(() => {}));

    await expect(Plain.performLater()).rejects.toThrow(AdapterError);
  });

  it("makes no second job of one that is sent again", async () => {
    const rig = new Rig();
    const job = Plain.prepare();

    await performAllLater([job]);
    await performAllLater([job]);

    expect(await rig.waiting()).toBe(1);
  });
});

class Recording extends MemoryAdapter {
  readonly #batches: string[][];

  constructor(batches: string[][]) {
    super();
    this.#batches = batches;
  }

  override enqueue(entries: readonly Entry[]): Promise<EnqueueAnswer> {
    const args = entries.map(({ payload }) => (JSON.parse(payload) as { args: string[] }).args);
    this.#batches.push(args.flat());
    return Promise.resolve(ALL_ACCEPTED);
  }
}
