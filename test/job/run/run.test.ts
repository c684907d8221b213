import { Command, Job, registerCommands } from "mandate";
import { describe, expect, it } from "vitest";
import type { FetchedJob } from "../../../src/adapters/adapter.ts";
import type { RunEnvironment } from "../../../src/job/settings/run-environment.ts";
import { runJob } from "../../../src/job/run/run.ts";
import type { Logger } from "../../../src/support/logger.ts";
import { RETRY, Rig } from "../rig.ts";

class Greet extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {
    greeted.push(this.name);
  }
}
const greeted: string[] = [];
registerCommands(Greet);

function fetched(payload: string): FetchedJob {
  return { queue: "default", payload, recoveries: 0 };
}

function environment(rig: Rig, changes: Partial<RunEnvironment> = {}): RunEnvironment {
  const { adapter, log: logger } = rig;
  const { signal } = rig.shutdown;
  return { adapter, logger, signal, errorHandlers: [], deathHandlers: [], ...changes };
}

describe("runJob", () => {
  it("resolves to the outcome of that very job", async () => {
    const rig = new Rig();
    const job = fetched(
      '{"class":"MandateJob","args":["Greet","Ada"],"queue":"default","jid":"4f1d"}',
    );

    const outcome = await runJob(job, environment(rig));

    expect(outcome).toEqual({ job, jid: "4f1d", kind: "done" });
    expect(outcome.job).toBe(job);
    expect(greeted).toEqual(["Ada"]);
  });

  it.each([
    [{ expired: true }, "expired", "its time was over before it was its turn"],
    [{ refusedBy: "limit:a" }, "discarded", "it was over limit a"],
  ])("discards a job that is handed out to be: %j", async (how, ended, reason) => {
    const rig = new Rig();
    const text = '{"class":"MandateJob","args":["Greet","Bob"],"queue":"default","jid":"4f1d"}';
    const job = { ...fetched(text), ...how };

    const outcome = await runJob(job, environment(rig));

    expect(outcome).toEqual({ job, jid: "4f1d", kind: "done", ended });
    expect(greeted).not.toContain("Bob");
    expect(rig.log.lines.map(({ message }) => message)).toContain(`Discarded Greet: ${reason}`);
  });

  it("runs many at once, each in its own context", async () => {
    const rig = new Rig();
    const seen: [string, string | undefined][] = [];
    class Slow extends Job {
      async perform(name: string): Promise<void> {
        for (let turn = 0; turn < 3; turn += 1) {
          await new Promise(setImmediate);
          seen.push([name, this.job?.id]);
        }
      }
    }
    registerCommands(Slow);
    const jobs = ["a", "b", "c"].map((name) =>
      fetched(`{"class":"Slow","args":["${name}"],"queue":"default","jid":"${name}"}`),
    );

    await Promise.all(jobs.map((job) => runJob(job, environment(rig))));

    expect(seen).toHaveLength(9);
    expect(seen.every(([name, id]) => name === id)).toBe(true);
  });

  it("never rejects, whatever is thrown", async () => {
    const rig = new Rig();
    let thrown: unknown;
    class Throwing extends Job {
      perform(): void {
        throw thrown;
      }
    }
    const job = await Throwing.performLater();
    const payload = JSON.stringify(job.record);
    const hostile = new Proxy(new Error("hostile"), {
      get(target, name) {
        if (name === "stack" || name === "message") throw new Error("of the proxy");
        return Reflect.get(target, name) as unknown;
      },
    });

    for (thrown of [undefined, null, 0, "text", Symbol("s"), {}, Object.create(null), hostile]) {
      expect(await runJob(fetched(payload), environment(rig))).toMatchObject({ kind: "retry" });
    }
  });

  it("fails no job because its logger throws, and runs none twice", async () => {
    const rig = new Rig();
    const broken = () => {
      throw new Error("disk full");
    };
    const logger: Logger = { debug: broken, info: broken, warn: broken, error: broken };
    let runs = 0;
    class Counting extends Job {
      perform(fails: boolean): void {
        runs += 1;
        if (fails) throw new Error("broken");
      }
    }
    const [good, bad] = [await Counting.performLater(false), await Counting.performLater(true)];
    const run = (job: typeof good) =>
      runJob(fetched(JSON.stringify(job.record)), environment(rig, { logger }));

    expect(await run(good)).toMatchObject({ kind: "done" });
    expect(await run(bad)).toMatchObject({ kind: "retry" });
    expect(runs).toBe(2);
  });

  it("fails no job because there is nothing to log", async () => {
    const rig = new Rig();
    const silent: Logger = {
      debug() {},
      info() {},
      warn() {},
      error() {},
      level: "silent",
    };
    const job = fetched('{"class":"Nobody","args":[],"queue":"default","jid":"4f1d"}');

    expect(await runJob(job, environment(rig, { logger: silent }))).toMatchObject({
      kind: "retry",
    });
  });

  it("awaits a promise of any kind that a command returns", async () => {
    const rig = new Rig();
    const steps: string[] = [];
    class Thenable extends Job {
      perform(): PromiseLike<void> {
        return {
          then(resolve: any) {
            setImmediate(() => {
              steps.push("done");
              resolve();
            });
            return this as never;
          },
        };
      }
    }
    await Thenable.performLater();

    await rig.run();

    expect(steps).toEqual(["done"]);
  });

  it("disposes of what the job injected, however it ended, before it is settled", async () => {
    const rig = new Rig();
    const steps: string[] = [];
    class Resource {
      async dispose(): Promise<void> {
        await new Promise(setImmediate);
        steps.push("disposed");
      }
    }
    class Using extends Command.initializeWith((fails: boolean) => ({ fails })) {
      readonly resource = this.inject(Resource);

      call(): void {
        steps.push("called");
        if (this.fails) throw new Error("broken");
      }
    }
    await Using.defer(false);
    await Using.defer(true);

    expect(await rig.work()).toEqual(["done", "retry"]);

    expect(steps).toEqual(["called", "disposed", "called", "disposed"]);
  });

  it("ends as it did where disposing fails, and says so", async () => {
    const rig = new Rig();
    class Stuck {
      dispose(): never {
        throw new Error("stuck");
      }
    }
    class Using extends Command {
      readonly stuck = this.inject(Stuck);

      call(): void {}
    }
    await Using.defer();

    expect(await rig.work()).toEqual(["done"]);

    expect(rig.log.troubles).toEqual(["Could not dispose of what Using injected"]);
    expect(await rig.stored(RETRY)).toEqual([]);
  });
});
