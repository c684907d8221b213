import { abort, AdapterError, deferAfter, Job, MemoryAdapter, performAllLater } from "mandate";
import { describe, expect, it } from "vitest";
import { settings } from "../../../src/job/settings/settings.ts";
import { BLOCKED, queue, Rig } from "../rig.ts";

class Note extends Job {
  perform(_text: unknown): void {}
}

async function notes(rig: Rig): Promise<unknown[]> {
  return (await rig.records(queue())).map(({ args }) => args[0]);
}

function rejecting(): Promise<never> {
  return Promise.reject(new Error("rolled back"));
}

/** Something that a test ends when it likes. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe("deferAfter", () => {
  it("sends nothing before the work resolves, then all of it, in order", async () => {
    const rig = new Rig();

    const output = await deferAfter(async () => {
      await Note.performLater("a");
      await performAllLater([Note.prepare("b"), Note.prepare("c")]);
      expect(await rig.waiting()).toBe(0);
      return "output";
    });

    expect(output).toBe("output");
    expect(await notes(rig)).toEqual(["a", "b", "c"]);
  });

  it("takes work that is not asynchronous", async () => {
    const rig = new Rig();

    await deferAfter(() => void Note.performLater("a"));

    expect(await notes(rig)).toEqual(["a"]);
  });

  it("drops all of it when the work rejects, or throws", async () => {
    const rig = new Rig();

    const rejected = deferAfter(async () => {
      await Note.performLater("a");
      await rejecting();
    });
    await expect(rejected).rejects.toThrow("rolled back");
    const thrown = deferAfter(() => {
      void Note.performLater("a");
      throw new Error("broken");
    });
    await expect(thrown).rejects.toThrow("broken");

    expect(await rig.waiting()).toBe(0);
  });

  it("gives handles at once, whose jobs the store knows later", async () => {
    new Rig();

    const job = await deferAfter(async () => {
      const handle = await Note.performLater("a");
      await expect(handle.status()).rejects.toThrow(/^Cannot tell where Note \w+ is: /);
      return handle;
    });

    expect(await job.status()).toBe("enqueued");
  });

  it("refuses what cannot travel where it is deferred", async () => {
    new Rig();

    const work = deferAfter(async () => {
      await expect(Note.performLater(() => {})).rejects.toThrow(
        "argument 1 of Note: a function cannot be deferred",
      );
      return "went on";
    });

    expect(await work).toBe("went on");
  });

  it("sends arguments as they were when they were deferred", async () => {
    const rig = new Rig();

    await deferAfter(async () => {
      const list: unknown[] = [1];
      await Note.performLater(list);
      list.push(2, 10n);
    });

    expect(await notes(rig)).toEqual([[1]]);
  });

  it("runs callbacks and middleware when the jobs are sent", async () => {
    const rig = new Rig();
    const steps: string[] = [];
    class Halting extends Job {
      static {
        this.beforeEnqueue((job) => {
          steps.push(`callback ${String(job.arguments[0])}`);
          if (job.arguments[0] === "unwanted") throw abort;
        });
      }

      perform(_text: string): void {}
    }

    await deferAfter(async () => {
      expect(await Halting.performLater("unwanted")).toBeDefined();
      await Halting.performLater("wanted");
      steps.push("end of the work");
    });

    expect(steps).toEqual(["end of the work", "callback unwanted", "callback wanted"]);
    expect(await notes(rig)).toEqual(["wanted"]);
  });

  it("lets collected jobs wait for each other, and for none that was dropped", async () => {
    const rig = new Rig();

    const first = await deferAfter(async () => {
      const job = await Note.performLater("first");
      await Note.set({ prereqJobs: [job] }).performLater("second");
      return job;
    });
    expect(await notes(rig)).toEqual(["first"]);
    expect(await rig.records(BLOCKED)).toMatchObject([
      { args: ["second"], prereq_jobs: [first.id] },
    ]);

    let dropped = first;
    const rejected = deferAfter(async () => {
      dropped = await Note.performLater("dropped");
      await rejecting();
    });
    await expect(rejected).rejects.toThrow("rolled back");
    await expect(Note.set({ prereqJobs: [dropped] }).performLater("late")).rejects.toThrow(
      /^Cannot defer Note behind Note \w+: that job was prepared, but never enqueued/,
    );
  });

  it("takes more jobs than a call can have arguments", async () => {
    const rig = new Rig();
    const many = Array.from({ length: 150_000 }, () => Note.prepare("a"));

    await deferAfter(() => deferAfter(() => performAllLater(many)));

    expect(await rig.waiting()).toBe(150_000);
  });

  it("rejects where the store does not take the jobs", async () => {
    new Rig();
    settings().adapter = new (class extends MemoryAdapter {
      override enqueue(): Promise<never> {
        return Promise.reject(new AdapterError("Cannot enqueue", { maybeAccepted: true }));
      }
    })();

    await expect(deferAfter(() => Note.performLater("a"))).rejects.toThrow(AdapterError);
  });
});

describe("deferAfter inside another", () => {
  it("leaves its jobs to the outer one", async () => {
    const rig = new Rig();

    await deferAfter(async () => {
      await deferAfter(() => Note.performLater("inner"));
      expect(await rig.waiting()).toBe(0);
      await Note.performLater("outer");
    });

    expect(await notes(rig)).toEqual(["inner", "outer"]);
  });

  it("drops its own when it rejects, as a savepoint does", async () => {
    const rig = new Rig();

    await deferAfter(async () => {
      await Note.performLater("kept");
      await deferAfter(async () => {
        await Note.performLater("dropped");
        await rejecting();
      }).catch(() => {});
    });

    expect(await notes(rig)).toEqual(["kept"]);
  });

  it("drops with the outer one what it had resolved to send", async () => {
    const rig = new Rig();

    const outer = deferAfter(async () => {
      await deferAfter(() => Note.performLater("inner"));
      await rejecting();
    });

    await expect(outer).rejects.toThrow("rolled back");
    expect(await rig.waiting()).toBe(0);
  });
});

describe("deferAfter, and what outlives it", () => {
  it("sends at once what is deferred after it resolved", async () => {
    const rig = new Rig();
    const { opened, open } = gate();
    let late: Promise<unknown> = Promise.resolve();

    await deferAfter(() => {
      late = opened.then(() => Note.performLater("late"));
    });
    open();
    await late;

    expect(await notes(rig)).toEqual(["late"]);
  });

  it("leaves to the outer one what is deferred after an inner one resolved", async () => {
    const rig = new Rig();
    const { opened, open } = gate();

    const outer = deferAfter(async () => {
      let late: Promise<unknown> = Promise.resolve();
      await deferAfter(() => {
        late = opened.then(() => Note.performLater("late"));
      });
      open();
      await late;
      expect(await rig.waiting()).toBe(0);
      await rejecting();
    });

    await expect(outer).rejects.toThrow("rolled back");
    expect(await rig.waiting()).toBe(0);
  });

  it("drops what is deferred after it was rejected, and says so", async () => {
    const rig = new Rig();
    const { opened, open } = gate();
    let late: Promise<unknown> = Promise.resolve();

    const rejected = deferAfter(() => {
      late = opened.then(() => Note.performLater("late"));
      return Promise.all([rejecting(), late]);
    });
    await expect(rejected).rejects.toThrow("rolled back");
    open();

    expect(await late).toBeUndefined();
    expect(await rig.waiting()).toBe(0);
    expect(rig.log.messages("warn")).toEqual([
      "Dropped Note: the deferAfter around it had been rejected before",
    ]);
  });

  it("has no say over jobs that run in the middle of it", async () => {
    const rig = new Rig();
    class Deferring extends Job {
      async perform(): Promise<void> {
        await Note.performLater("of a job");
      }
    }
    await Deferring.performLater();

    const rejected = deferAfter(async () => {
      await rig.run();
      await rejecting();
    });

    await expect(rejected).rejects.toThrow("rolled back");
    expect(await notes(rig)).toEqual(["of a job"]);
  });

  it("is a job's own where the job calls it", async () => {
    const rig = new Rig();
    class Deferring extends Job {
      async perform(): Promise<void> {
        await deferAfter(async () => {
          await Note.performLater("dropped");
          await rejecting();
        }).catch(() => {});
      }
    }
    await Deferring.performLater();

    expect(await rig.work()).toEqual(["done"]);
  });
});
