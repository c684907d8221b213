import { setTimeout as sleep } from "node:timers/promises";
import { Command, currentJob, Job } from "mandate";
import { describe, expect, it } from "vitest";
import { runningJob } from "../../../src/job/surroundings/current-job.ts";
import { alone, type RunningJob } from "../../../src/job/surroundings/surroundings.ts";
import { Rig } from "../rig.ts";

describe("currentJob", () => {
  it("is the running job, across awaits, timers and what it calls", async () => {
    const rig = new Rig();
    const seen: unknown[] = [];
    const look = () => seen.push(currentJob()?.id);
    class Inner extends Command {
      call(): void {
        look();
        seen.push(this.job?.id);
      }
    }
    class Outer extends Job {
      async perform(): Promise<void> {
        look();
        await Promise.resolve();
        look();
        await sleep(0);
        look();
        await new Promise<void>((resolve) => process.nextTick(() => resolve(void look())));
        Inner.call();
      }
    }
    const { id } = await Outer.performLater();

    await rig.run();

    expect(seen).toEqual(Array(6).fill(id));
  });

  it("is nothing outside of a job, and after one", async () => {
    const rig = new Rig();
    class Plain extends Job {
      perform(): void {}
    }
    await Plain.performLater();

    expect(currentJob()).toBeUndefined();
    await rig.run();

    expect(currentJob()).toBeUndefined();
    expect(runningJob()).toBeUndefined();
  });

  it("is there for handlers of errors and of deaths", async () => {
    const rig = new Rig();
    const seen: unknown[] = [];
    const look = () => void seen.push(currentJob()?.id);
    class Failing extends Job {
      static {
        this.retry(0);
        this.retriesExhausted(look);
      }

      perform(): void {
        throw new Error("broken");
      }
    }
    rig.errorHandlers.push(look);
    rig.deathHandlers.push(look);
    const { id } = await Failing.performLater();

    await rig.run();

    expect(seen).toEqual([id, id, id]);
  });
});

describe("alone", () => {
  it("hands on the job, and what comes back", () => {
    const running = {} as RunningJob;

    expect(alone(running, undefined, (given) => [given, runningJob()])).toEqual([running, running]);
  });
});
