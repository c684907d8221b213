import { Job, performAllLater, UnknownOptionError } from "mandate";
import { describe, expect, it } from "vitest";
import { queue, Rig, SCHEDULED } from "../job/rig.ts";

const cleaned: unknown[] = [];

class CleanUp extends Job {
  static {
    this.queueAs("low");
  }

  perform(folder: string, options?: { readonly deep: boolean }): string {
    cleaned.push([folder, options]);
    return `cleaned ${folder}`;
  }
}

describe("Job", () => {
  it("performs later what it was given", async () => {
    const rig = new Rig();
    cleaned.length = 0;

    const job = await CleanUp.performLater("tmp", { deep: true });

    expect(job).toMatchObject({ className: "CleanUp", queueName: "low" });
    expect(await rig.only(queue("low"))).toMatchObject({
      class: "CleanUp",
      args: ["tmp", { deep: true }],
    });
    await rig.work();
    expect(cleaned).toEqual([["tmp", { deep: true }]]);
  });

  it("takes options by set, for one call", async () => {
    const rig = new Rig();

    await CleanUp.set({ queue: "high", wait: "1 minute", priority: 3 }).performLater("tmp");
    await CleanUp.performLater("tmp");

    expect((await rig.only(SCHEDULED)).dueIn).toBe(60);
    expect(await rig.only(SCHEDULED)).toMatchObject({ queue: "high", priority: 3 });
    expect(await rig.only(queue("low"))).not.toHaveProperty("priority");
  });

  it("has the names that Sidekiq gave it", async () => {
    const rig = new Rig();
    const at = new Date((rig.now + 3600) * 1000);

    await CleanUp.performAsync("a", { deep: true });
    const second = await CleanUp.performIn("5 minutes", "b");
    const third = await CleanUp.performAt(at, "c");

    expect(await rig.only(queue("low"))).toMatchObject({ args: ["a", { deep: true }] });
    expect(second.scheduledAt).toEqual(new Date((rig.now + 300) * 1000));
    expect(third.scheduledAt).toEqual(at);
  });

  it("enqueues so with options, too", async () => {
    const rig = new Rig();
    const at = new Date((rig.now + 3600) * 1000);
    const urgent = CleanUp.set({ queue: "urgent", tags: ["by hand"] });

    const jobs = [
      await urgent.performAsync("a"),
      await urgent.performIn("5 minutes", "b"),
      await urgent.performAt(at, "c"),
    ];

    expect(jobs.map(({ queueName, tags }) => [queueName, tags])).toEqual(
      Array.from({ length: 3 }, () => ["urgent", ["by hand"]]),
    );
    expect(jobs.map(({ scheduledAt }) => scheduledAt)).toEqual([
      undefined,
      new Date((rig.now + 300) * 1000),
      at,
    ]);
  });

  it("never takes an argument for options", async () => {
    const rig = new Rig();
    class Any extends Job {
      perform(_options: object): void {}
    }

    await Any.performLater({ wait: 60, queue: "high" });

    expect(await rig.only(queue())).toMatchObject({ args: [{ wait: 60, queue: "high" }] });
  });

  it("prepares, and performs all later in one go", async () => {
    const rig = new Rig();

    const jobs = await performAllLater([
      CleanUp.prepare("a"),
      CleanUp.set({ queue: "high" }).prepare("b"),
    ]);

    expect(jobs.map(({ queueName }) => queueName)).toEqual(["low", "high"]);
    expect(await rig.waiting()).toBe(2);
  });

  it("refuses options that do not exist, where they are given", () => {
    new Rig();

    expect(() => CleanUp.set({ wiat: 5 } as never)).toThrow(UnknownOptionError);
    expect(() => CleanUp.set({ wiat: 5 } as never)).toThrow(
      'Cannot use option "wiat" in the options of CleanUp: there is no such option. ',
    );
  });

  it("rejects, and does not throw, where it cannot be enqueued", async () => {
    new Rig();
    const later = CleanUp.performLater((() => {}) as never);

    await expect(later).rejects.toThrow("argument 1 of CleanUp: a function cannot be deferred. ");
  });

  it("has the name it gives itself", async () => {
    const rig = new Rig();
    class Ruby extends Job {
      static override jobName = "Maintenance::CleanUp";

      perform(): void {}
    }

    const job = await Ruby.performLater();

    expect(job.className).toBe("Maintenance::CleanUp");
    expect(await rig.only(queue())).toMatchObject({ class: "Maintenance::CleanUp" });
    expect(await rig.work()).toEqual(["done"]);
  });

  it("can be given a name", () => {
    class Late extends Job {
      perform(): void {}
    }

    Late.jobName = "Renamed";

    expect(Late.jobName).toBe("Renamed");
    expect(Job.jobName).toBe("Job");
  });

  it("may have a method named call", async () => {
    const rig = new Rig();
    const calls: string[] = [];
    class Phone extends Job {
      perform(number: string): void {
        this.call(number);
      }

      call(number: string): void {
        calls.push(number);
      }
    }
    await Phone.performLater("112");

    expect(await rig.work()).toEqual(["done"]);
    expect(calls).toEqual(["112"]);
  });
});
