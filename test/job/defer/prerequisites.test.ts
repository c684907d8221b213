import { Job, performAllLater } from "mandate";
import { describe, expect, it } from "vitest";
import { inOrder, PrereqJobNotFinishedError } from "../../../src/job/defer/prerequisites.ts";
import type { PreparedJob } from "../../../src/job/defer/prepared-job.ts";
import { BLOCKED, queue, Rig } from "../rig.ts";

class Step extends Job {
  perform(): void {}
}

type Prereqs = readonly (PreparedJob | string)[];

function step(jid: string, prereqJobs: Prereqs = []): PreparedJob {
  return Step.set({ jid, prereqJobs }).prepare();
}

function ids(jobs: readonly PreparedJob[]): string[] {
  return jobs.map(({ id }) => id);
}

describe("inOrder", () => {
  it("leaves jobs as they are that wait for none", () => {
    new Rig();
    const jobs = [step("b"), step("a")];

    expect(inOrder(jobs)).toBe(jobs);
  });

  it("moves those that wait behind what they wait for, and no others", () => {
    new Rig();

    const ordered = inOrder([step("d", ["b", "c"]), step("a"), step("c", ["b"]), step("b")]);

    expect(ids(ordered)).toEqual(["a", "b", "c", "d"]);
  });

  it("leaves those where they are that wait for jobs from elsewhere", () => {
    new Rig();

    expect(ids(inOrder([step("b", ["elsewhere"]), step("a")]))).toEqual(["b", "a"]);
  });

  it("takes a job that is given twice once", () => {
    new Rig();
    const [first, second] = [step("a"), step("b", ["a"])];

    expect(inOrder([second, second, first])).toEqual([first, second]);
  });

  it("is linear: a chain, and a crowd behind one job, of 50,000 each", () => {
    new Rig();
    const name = (index: number): string => `job-${index}`;
    const chain = Array.from({ length: 50_000 }, (_, index) =>
      step(name(index), index === 0 ? [] : [name(index - 1)]),
    );
    const crowd = Array.from({ length: 50_000 }, (_, index) => step(`crowd-${index}`, [name(0)]));

    const ordered = inOrder([...crowd, ...chain.toReversed()]);

    expect(ordered).toHaveLength(100_000);
    expect(ordered[0]).toBe(chain[0]);
  });

  it("refuses a job behind one that nobody has enqueued", () => {
    new Rig();
    const forgotten = step("forgotten");

    expect(() => inOrder([step("a", [forgotten])])).toThrow(
      new TypeError(
        "Cannot defer Step behind Step forgotten: that job was prepared, but never enqueued. " +
          "Enqueue it first, or both in one deferAll",
      ),
    );
  });

  it("refuses circles, and names one", () => {
    new Rig();
    const jobs = [
      step("a", ["d"]),
      step("b", ["a"]),
      step("c", ["b"]),
      step("d", ["c"]),
      step("e"),
    ];

    expect(() => inOrder([step("tail", ["a"]), ...jobs])).toThrow(
      new TypeError(
        "Cannot defer jobs that wait in a circle: a behind d behind c behind b behind a. " +
          "Leave one prerequisite out\n" +
          "  ╭─▶ Step a\n" +
          "  │   Step d\n" +
          "  │   Step c\n" +
          "  ╰── Step b",
      ),
    );
  });

  it("refuses a job that waits for itself", () => {
    new Rig();

    expect(() => inOrder([step("a", ["a"])])).toThrow(
      "Cannot defer jobs that wait in a circle: a behind a. Leave one prerequisite out\n  ↻ Step a",
    );
  });
});

describe("prerequisites", () => {
  it("refuses at defer, and enqueues nothing of the batch", async () => {
    const rig = new Rig();

    await expect(performAllLater([step("a"), step("b", ["b"])])).rejects.toThrow(TypeError);
    await expect(Step.set({ prereqJobs: [step("c")] }).performLater()).rejects.toThrow(TypeError);

    expect(await rig.waiting()).toBe(0);
  });

  it("holds a job until those it waits for are finished, given by handle or by jid", async () => {
    const rig = new Rig();
    const one = await Step.performLater();
    const other = await Step.performLater();
    const last = await Step.set({ prereqJobs: [one, other.id] }).performLater();

    expect(await last.status()).toBe("blocked");
    await rig.run();
    expect(await last.status()).toBe("blocked");
    await rig.run();
    expect(await last.status()).toBe("enqueued");
    await rig.run();

    expect(await last.status()).toBe("finished");
  });

  it("holds jobs of one batch behind each other, whatever their order", async () => {
    const rig = new Rig();
    const ran: string[] = [];
    class Noting extends Job {
      perform(): void {
        ran.push(String(this.job?.id));
      }
    }
    const first = Noting.set({ jid: "first" }).prepare();
    const second = Noting.set({ jid: "second", prereqJobs: [first] }).prepare();
    const third = Noting.set({ jid: "third", prereqJobs: [second, first] }).prepare();

    await performAllLater([third, second, first]);
    await rig.work();

    expect(ran).toEqual(["first", "second", "third"]);
  });

  it("holds jobs across the slices in which a large batch is sent", async () => {
    const rig = new Rig();
    const many = Array.from({ length: 1_500 }, (_, index) => step(`job-${index}`));
    const waiting = step("waiting", ["job-1499"]);

    await performAllLater([waiting, ...many]);

    expect(await rig.adapter.status("waiting")).toBe("blocked");
  });

  it("does not hold a job back by what is finished, dead, or was never there", async () => {
    const rig = new Rig();
    const done = await Step.performLater();
    await rig.work();

    const job = await Step.set({ prereqJobs: [done, "unknown"] }).performLater();

    expect(await job.status()).toBe("enqueued");
  });

  it("releases a job whose prerequisite dies", async () => {
    const rig = new Rig();
    const dying = await Dying.performLater();
    const job = await Step.set({ prereqJobs: [dying] }).performLater();

    await rig.run();

    expect(await dying.status()).toBe("dead");
    expect(await job.status()).toBe("enqueued");
  });

  it("buries it, where it was asked to", async () => {
    const rig = new Rig();
    const dying = await Dying.performLater();
    const job = await Step.set({ prereqJobs: [dying], prereqFailure: "bury" }).performLater();

    await rig.run();

    expect(await job.status()).toBe("dead");
    const buried = (await rig.records({ set: "dead" })).find(({ jid }) => jid === job.id);
    expect(buried?.error_class).toBe("PrereqJobDeadError");
    expect(buried?.error_message).toBe(
      `Cannot run job ${job.id}: job ${dying.id}, which it waited for, is dead. ` +
        "Retry that one from the dead set first, then this one",
    );
  });

  it("makes a running job wait for nobody, and others wait for it", async () => {
    const rig = new Rig();
    class Leading extends Job {
      async perform(): Promise<void> {
        await Step.set({ prereqJobs: [this.job!] }).performLater();
        expect(await rig.adapter.store.size(BLOCKED)).toBe(1);
      }
    }
    await Leading.performLater();

    await rig.run();

    expect(await rig.records(queue())).toMatchObject([{ class: "Step" }]);
  });

  it("does not wait for a job of the same batch that a callback halted", async () => {
    const rig = new Rig();
    class Halted extends Job {
      static {
        this.aroundEnqueue(() => {});
      }

      perform(): void {}
    }
    const halted = Halted.prepare();

    await performAllLater([halted, step("behind", [halted])]);

    expect(await rig.adapter.status("behind")).toBe("enqueued");
  });
});

describe("PrereqJobNotFinishedError", () => {
  it("names the job", () => {
    const error = new PrereqJobNotFinishedError("abc");

    expect(error).toMatchObject({
      name: "PrereqJobNotFinishedError",
      code: "MANDATE_PREREQ_JOB_NOT_FINISHED",
      message: "Unfinished job: abc",
      jid: "abc",
    });
  });
});

class Dying extends Job {
  static {
    this.retry(0);
  }

  perform(): void {
    throw new Error("broken");
  }
}
