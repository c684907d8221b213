import { Command, configure, finishedSet, Job, type FinishedLimit, type JobEntry } from "mandate";
import { afterEach, describe, expect, it } from "vitest";
import { Rig } from "../job/rig.ts";

class Sum extends Command.initializeWith((...numbers: number[]) => ({ numbers })) {
  static {
    this.keepFinished(3);
  }

  call(): number {
    return this.numbers.reduce((sum, each) => sum + each, 0);
  }
}

class Discarded extends Job {
  static {
    this.keepFinished({ count: 10, age: "1 hour" });
    this.retry(1);
    this.discardOn(RangeError);
  }

  perform(message?: string): void {
    if (message !== undefined) throw new RangeError(message);
    throw new TypeError("broken");
  }
}

class Silent extends Job {
  perform(): void {}
}

afterEach(() => {
  configure({ keepFinished: false });
});

describe("keepFinished", () => {
  it("keeps a class's last jobs, with how they ended", async () => {
    const rig = new Rig();
    for (let number = 1; number <= 5; number += 1) {
      await Sum.defer(number);
      await rig.run();
      rig.elapse(1);
    }

    const entries = await all();

    expect(entries.map((entry) => entry.arguments)).toEqual([[5], [4], [3]]);
    expect(entries[0]).toMatchObject({
      className: "Sum",
      queueName: "default",
      outcome: "done",
      duration: 0,
      startedAt: new Date((rig.now - 1) * 1000),
      at: new Date((rig.now - 1) * 1000),
      errorClass: undefined,
    });
  });

  it("tells how long the run took", async () => {
    const rig = new Rig();
    class Slow extends Job {
      static {
        this.keepFinished("2 days");
      }
      perform(): void {
        rig.elapse(12.5);
      }
    }
    await Slow.performLater();

    await rig.run();

    expect((await all())[0]).toMatchObject({ duration: 12.5 });
  });

  it("tells of those that were discarded, and with what; the dead are elsewhere", async () => {
    const rig = new Rig();
    await Discarded.performLater("out of range");
    await rig.run();
    await Discarded.performLater();
    await rig.run();
    rig.elapse(3_000);
    await rig.run();

    expect(await all()).toHaveLength(1);
    expect((await all())[0]).toMatchObject({
      outcome: "discarded",
      errorClass: "RangeError",
      errorMessage: "out of range",
      backtrace: [expect.stringContaining("keep-finished.test.ts:")],
    });
    rig.elapse(3_601);
    expect(await finishedSet().size()).toBe(0);
  });

  it("forgets what an earlier run failed with, once one succeeds", async () => {
    const rig = new Rig();
    let runs = 0;
    class Moody extends Job {
      static {
        this.keepFinished(5);
      }
      perform(): void {
        runs += 1;
        if (runs === 1) throw new Error("not yet");
      }
    }
    await Moody.performLater();
    await rig.run();
    rig.elapse(3_600);
    await rig.run();

    expect((await all())[0]).toMatchObject({ outcome: "done", errorClass: undefined });
  });

  it("is off by default, and costs a job nothing then", async () => {
    const rig = new Rig();
    await Silent.performLater();

    const outcome = await rig.run();

    expect(Object.keys(outcome)).toEqual(["job", "jid", "kind"]);
    expect(await finishedSet().size()).toBe(0);
  });

  it("holds for all classes by configure, but those that say otherwise", async () => {
    const rig = new Rig();
    class Secret extends Silent {
      static {
        this.keepFinished(false);
      }
    }
    configure({ keepFinished: "1 hour" });
    await Silent.performLater();
    await Secret.performLater();

    await rig.work();

    expect((await all()).map(({ className }) => className)).toEqual(["Silent"]);
  });

  it("lets one run again from the start", async () => {
    const rig = new Rig();
    await Discarded.performLater("again");
    await rig.run();
    const [entry] = await all();

    expect(await entry!.retry()).toBe(true);

    const record = await rig.only({ queue: "default" });
    expect(record.args).toEqual(["again"]);
    expect(Object.keys(record)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/error|outcome|started/)]),
    );
    await rig.run();
    expect(await finishedSet().size()).toBe(1);
  });

  it("shows nothing of this on jobs that are not over", async () => {
    const rig = new Rig();
    const payload = { class: "Silent", args: [], jid: "x", outcome: "done", started_at: 5.5 };
    await rig.put(JSON.stringify(payload), { jid: "x" });
    const { queue } = await import("mandate");

    const entry = await queue("default").find("x");

    expect(entry).toMatchObject({ outcome: undefined, startedAt: undefined, duration: undefined });
  });

  it.each<[FinishedLimit, string]>([
    [0, "count in keepFinished of Job"],
    [1.5, "count in keepFinished of Job"],
    ["0 days", "Cannot use 0 as age in keepFinished of Job"],
    [{ age: "soon" as never }, "age in keepFinished of Job"],
    [{ number: 5 } as never, 'option "number" in keepFinished of Job'],
  ])("refuses %j", (limit, message) => {
    expect(() => Job.keepFinished(limit)).toThrow(message);
    expect(() => configure({ keepFinished: limit })).toThrow(message.replace("Job", "configure"));
  });
});

describe("the dead set", () => {
  afterEach(() => {
    configure({ deadMaxJobs: 10_000, deadTimeout: "180 days" });
  });

  it("holds as many as configured, the latest, and for as long", async () => {
    const rig = new Rig();
    class Dying extends Job {
      static {
        this.retry(0);
      }
      perform(): void {
        throw new Error("dies");
      }
    }
    configure({ deadMaxJobs: 2, deadTimeout: "1 hour" });
    const die = async (): Promise<void> => {
      await Dying.performLater();
      await rig.run();
    };
    for (let count = 0; count < 4; count += 1) await die();
    expect(await rig.stored({ set: "dead" })).toHaveLength(2);

    rig.elapse(3_601);
    await die();

    expect(await rig.stored({ set: "dead" })).toHaveLength(1);
  });

  it("refuses bounds that are none", () => {
    expect(() => configure({ deadMaxJobs: -1 })).toThrow("deadMaxJobs of configure");
    expect(() => configure({ deadTimeout: "soon" as never })).toThrow("deadTimeout of configure");
  });
});

async function all(): Promise<JobEntry[]> {
  const entries: JobEntry[] = [];
  for await (const entry of finishedSet().each()) entries.push(entry);
  return entries;
}
