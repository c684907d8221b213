import { format, inspect } from "node:util";
import { Command, Job, jobById, type JobHandle, type JobStatus } from "mandate";
import { describe, expect, it } from "vitest";
import { DEAD, Rig } from "../rig.ts";

class Example extends Job {
  perform(..._args: readonly unknown[]): void {}
}

class Failing extends Job {
  static {
    this.retry(1);
  }

  perform(): void {
    throw new Error("broken");
  }
}

describe("JobHandle", () => {
  it("shows the job as it was deferred", async () => {
    const rig = new Rig();
    const user = { name: "Ada" };

    const job = await Example.set({ queue: "low", priority: 5, wait: "1 hour" }).performLater(user);

    expect(job).toMatchObject({
      className: "Example",
      queueName: "low",
      priority: 5,
      executions: 0,
      scheduledAt: new Date((rig.now + 3600) * 1000),
    });
    expect(job.id).toMatch(/^[0-9a-f]{24}$/);
    expect(job.arguments[0]).toBe(user);
    expect(job.record).toMatchObject({ class: "Example", jid: job.id });
  });

  it("is its jid where it is made text, and one line where it is printed", async () => {
    new Rig();

    const job = await Example.set({ queue: "low" }).performLater("secret");
    const { id } = job;

    // oxlint-disable-next-line typescript/restrict-template-expressions -- what people write
    const inTemplate = `${job}`;
    expect([String(job), inTemplate, JSON.stringify({ job })]).toEqual([id, id, `{"job":"${id}"}`]);
    const line = `Example ${id} (queue "low")`;
    expect(inspect({ job })).toBe(`{ job: ${line} }`);
    expect(inspect([job, new Map([[job, { a: { b: job } }]])], { depth: 9 })).toBe(
      `[\n  ${line},\n  Map(1) {\n    ${line} => { a: { b: ${line} } }\n  }\n]`,
    );
    const error = Object.assign(new Error("broken", { cause: job }), { job });
    expect(inspect(error)).toContain(`{\n  job: ${line},\n  [cause]: ${line}\n}`);
    expect(format("%o and %O", job, job)).toBe(`${line} and ${line}`);
    expect(inspect(jobById(id))).toBe(`Job ${id}`);
  });

  it("has the command's name and arguments, not MandateJob's", async () => {
    new Rig();
    class Greet extends Command.initializeWith((name: string) => ({ name })) {
      call(): void {}
    }

    const job = await Greet.defer("Ada");

    expect(job).toMatchObject({ className: "Greet", arguments: ["Ada"], priority: 0 });
  });

  it("is not scheduled where it is due at once, or was before", async () => {
    new Rig();

    const jobs = [
      await Example.performLater(),
      await Example.set({ wait: 0 }).performLater(),
      await Example.set({ waitUntil: new Date(0) }).performLater(),
    ];

    expect(jobs.map(({ scheduledAt }) => scheduledAt)).toEqual([undefined, undefined, undefined]);
  });

  it("knows where the job is", async () => {
    const rig = new Rig();
    const seen: JobStatus[] = [];
    const note = async (job: JobHandle) => seen.push(await job.status());
    class Looking extends Job {
      async perform(): Promise<void> {
        await note(this.job!);
      }
    }

    await note(await Example.set({ wait: 60 }).performLater());
    const looking = await Looking.performLater();
    await note(looking);
    await note(await Example.set({ prereqJobs: [looking] }).performLater());
    await rig.run();
    await note(looking);

    expect(seen).toEqual(["scheduled", "enqueued", "blocked", "running", "finished"]);
  });

  it("does not say where a job is that was not enqueued", async () => {
    new Rig();
    const job = Example.prepare();

    await expect(job.status()).rejects.toThrow(
      new TypeError(
        `Cannot tell where Example ${job.id} is: it was not enqueued. ` +
          "Ask once deferAll, or the deferAfter around it, has resolved",
      ),
    );
  });

  it("knows of failures too", async () => {
    const rig = new Rig();
    const job = await Failing.performLater();

    await rig.run();
    expect(await job.status()).toBe("retrying");
    rig.elapse(3600);
    await rig.run();
    expect(await job.status()).toBe("dead");
    await rig.adapter.store.clear(DEAD);

    expect(await job.status()).toBe("finished");
  });

  it("counts failed runs, as the job sees itself", async () => {
    const rig = new Rig();
    const executions: number[] = [];
    class Counting extends Job {
      perform(): void {
        executions.push(this.job?.executions ?? NaN);
        throw new Error("broken");
      }
    }
    await Counting.performLater();

    await rig.run();
    rig.elapse(3600);
    await rig.run();

    expect(executions).toEqual([0, 1]);
  });
});
