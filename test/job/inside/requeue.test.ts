import { Command, InvalidDurationError, Job, NotInJobError } from "mandate";
import { describe, expect, it } from "vitest";
import { BLOCKED, queue, Rig, SCHEDULED } from "../rig.ts";

/** Whether the next run asks to come again. */
let again = true;

class Again extends Command.initializeWith((text: string) => ({ text })) {
  call(): void {
    if (again) this.requeueJob("1 minute");
  }
}

class Plain extends Job {
  perform(): void {}
}

const swallowed = (name: string) =>
  `${name} caught what requeueJob throws. It is put back all the same: ` +
  "let that pass, or call requeueJob outside of the try block";

describe("requeueJob", () => {
  it("puts the same job back after the delay: no failure, no attempt", async () => {
    const rig = new Rig();
    again = true;
    const job = await Again.set({ tags: ["a"] }).defer("text");
    const { dueIn: _, enqueued_at: __, ...before } = await rig.only(queue());

    expect((await rig.run()).kind).toBe("requeue");

    const { dueIn, ...after } = await rig.only(SCHEDULED);
    expect(dueIn).toBeCloseTo(60);
    expect(after).toEqual(before);
    expect(await job.status()).toBe("scheduled");
    expect(await rig.adapter.store.counters()).toEqual({ processed: 1, failed: 0 });
    expect(rig.log.messages("info").at(-1)).toBe("Requeued Again, again in 60 s");

    again = false;
    rig.elapse(60);
    expect(await rig.work()).toEqual(["done"]);
    expect(await job.status()).toBe("finished");
  });

  it("refuses a delay that no date is away, and the job fails", async () => {
    const rig = new Rig();
    let error: unknown;
    class Never extends Job {
      perform(): void {
        try {
          this.requeueJob(1e15);
        } catch (thrown) {
          error = thrown;
          throw thrown;
        }
      }
    }
    await Never.performLater();

    expect((await rig.run()).kind).toBe("retry");

    expect(error).toEqual(
      new InvalidDurationError(
        "Cannot use 1000000000000000 seconds as the delay of requeueJob: no date is that far away. Give less",
      ),
    );
  });

  it("puts it to the end of its queue where there is no delay", async () => {
    const rig = new Rig();
    class Yielding extends Job {
      perform(_name: string): void {
        this.requeueJob(0);
      }
    }
    await Yielding.performLater("a");
    await Yielding.performLater("b");

    await rig.run();

    expect((await rig.records(queue())).map(({ args }) => args)).toEqual([["b"], ["a"]]);
  });

  it("keeps the bytes of args, and how often it failed before", async () => {
    const rig = new Rig();
    again = true;
    const args = '["Again", ["\\u00e9", 9007199254740993, 1.0]]';
    await rig.put(
      `{"class":"MandateJob","args":${args},"jid":"poison","retry_count":2,"failed_at":1.5,"enqueued_at":1.5}`,
    );

    await rig.run();

    expect((await rig.stored(SCHEDULED))[0]?.payload).toBe(
      `{"class":"MandateJob","args":${args},"jid":"poison","retry_count":2,"failed_at":1.5}`,
    );
  });

  it("leaves those waiting that wait for it, and keeps its own prerequisites", async () => {
    const rig = new Rig();
    again = true;
    const first = await Plain.performLater();
    const job = await Again.set({ prereqJobs: [first] }).defer("text");
    const last = await Plain.set({ prereqJobs: [job] }).performLater();

    await rig.work();

    expect(await rig.only(SCHEDULED)).toMatchObject({ jid: job.id, prereq_jobs: [first.id] });
    expect(await last.status()).toBe("blocked");
    again = false;
    rig.elapse(60);
    expect(await rig.work()).toEqual(["done", "done"]);
  });

  it("waits again where a prerequisite is unfinished again", async () => {
    const rig = new Rig();
    again = true;
    const job = await Again.set({ prereqJobs: ["first"] }).defer("text");
    await rig.run();
    await Plain.set({ jid: "first", wait: 600 }).performLater();
    rig.elapse(60);

    expect(await rig.work()).toEqual(["block"]);

    expect(await rig.only(BLOCKED)).toMatchObject({ jid: job.id, prereq_jobs: ["first"] });
  });

  it("requeues the running job from wherever it is called", async () => {
    const rig = new Rig();
    again = true;
    class Nesting extends Command {
      async call(): Promise<void> {
        await Promise.resolve();
        Again.call("nested");
      }
    }
    const job = await Nesting.defer();

    await rig.run();

    expect(await rig.only(SCHEDULED)).toMatchObject({ jid: job.id, args: ["Nesting"] });
  });

  it("happens also where a catch swallows it, with a warning", async () => {
    const rig = new Rig();
    class Swallowing extends Job {
      perform(): void {
        try {
          this.requeueJob(30);
        } catch {
          // Whatever it is.
        }
      }
    }
    const job = await Swallowing.performLater();

    expect((await rig.run()).kind).toBe("requeue");

    expect(rig.log.lines.filter(({ level }) => level === "warn")).toEqual([
      {
        level: "warn",
        message: swallowed("Swallowing"),
        fields: { jid: job.id, job: "Swallowing", queue: "default" },
      },
    ]);
  });

  it("happens also where another error takes its place", async () => {
    const rig = new Rig();
    const told: unknown[] = [];
    rig.errorHandlers.push((error) => told.push(error));
    class Replacing extends Job {
      perform(): void {
        try {
          this.requeueJob(30);
        } catch {
          throw new Error("broken");
        }
      }
    }
    await Replacing.performLater();

    expect((await rig.run()).kind).toBe("requeue");

    expect(rig.log.messages("warn")).toEqual([swallowed("Replacing")]);
    expect(told).toEqual([]);
  });

  it("can be called by what a rule's handler calls", async () => {
    const rig = new Rig();
    again = true;
    class Rescued extends Job {
      static {
        this.rescueFrom(RangeError, () => Again.call("by a handler"));
        this.rescueFrom(TypeError, () => {
          try {
            Again.call("by a handler");
          } catch {
            // Whatever it is.
          }
        });
      }

      perform(kind: "range" | "type"): void {
        throw kind === "range" ? new RangeError() : new TypeError();
      }
    }
    await Rescued.performLater("range");
    await Rescued.performLater("type");

    expect(await rig.work()).toEqual(["requeue", "requeue"]);

    expect(rig.log.messages("warn")).toEqual([swallowed("Rescued")]);
  });

  it("refuses a delay that is none, and the job fails with that", async () => {
    const rig = new Rig();
    class Confused extends Job {
      perform(): void {
        this.requeueJob("a while" as never);
      }
    }
    await Confused.performLater();

    expect((await rig.run()).kind).toBe("retry");
  });

  it("is an error outside of a job", () => {
    new Rig();
    again = true;

    const call = () => Again.call("inline");

    expect(call).toThrow(NotInJobError);
    expect(call).toThrow(
      "Cannot requeue: no job is running here. " +
        "Call requeueJob in a command that was deferred, and check this.job where it is called inline too",
    );
    expect(new NotInJobError("")).toMatchObject({
      name: "NotInJobError",
      code: "MANDATE_NOT_IN_JOB",
    });
  });
});
