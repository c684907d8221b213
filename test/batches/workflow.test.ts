import { Batch, Command, deferAll, NotInJobError, type JobHandle } from "mandate";
import { performEnqueuedJobs, useTestAdapter } from "mandate/testing";
import { describe, expect, expectTypeOf, it } from "vitest";

const seen: unknown[] = [];

class Count extends Command.initializeWith((text: string) => ({ text })) {
  static {
    this.keepResult("1 hour");
    this.retry(0);
  }
  call(): number {
    if (this.text === "") throw new Error("nothing to count");
    return this.text.length;
  }
}

class Sum extends Command {
  async call() {
    const counts = await this.prereqResults<(typeof Count)[]>();
    expectTypeOf(counts).toEqualTypeOf<number[]>();
    seen.push(counts);
  }
}

class Both extends Command {
  async call() {
    const prepared = [Count.prepare("a"), Sum.prepare()] as const;
    const results = await this.prereqResults<typeof prepared>();
    expectTypeOf(results).toEqualTypeOf<readonly [number, void]>();
    return this.prereqResults();
  }
}

describe("a workflow", () => {
  it("hands the results of prerequisites on, in their order", async () => {
    using _ = useTestAdapter();
    seen.length = 0;
    const counts = ["a", "bb", "ccc"].map((text) => Count.prepare(text));

    await Batch.create({}, () =>
      deferAll([...counts, Sum.set({ prereqJobs: counts.toReversed() }).prepare()]),
    );
    await performEnqueuedJobs();

    expect(seen).toEqual([[3, 2, 1]]);
  });

  it("has 10,000 results come together", { timeout: 60_000 }, async () => {
    using _ = useTestAdapter();
    seen.length = 0;
    const first = Count.prepare("first");
    const counts = Array.from({ length: 10_000 }, () =>
      Count.set({ prereqJobs: [first] }).prepare("of many"),
    );

    const batch = await Batch.create({}, async () => {
      await deferAll([first, ...counts, Sum.set({ prereqJobs: counts }).prepare()]);
    });
    expect((await batch.graph()).jobs).toHaveLength(10_002);
    await performEnqueuedJobs();

    expect((seen[0] as number[]).length).toBe(10_000);
    expect((await batch.status()).done).toBe(10_002);
  });

  it("is seen as a graph", async () => {
    using _ = useTestAdapter();
    const [one, two] = [Count.prepare("a"), Count.prepare("b")];
    const sum = Sum.set({ prereqJobs: [one, two] }).prepare();

    const batch = await Batch.create({}, async () => {
      await Count.defer("beside");
      await deferAll([one, two, sum]);
    });

    expect((await batch.graph()).jobs).toEqual([
      { id: one.id, className: "Count", status: "enqueued", prereqJobs: [] },
      { id: two.id, className: "Count", status: "enqueued", prereqJobs: [] },
      { id: sum.id, className: "Sum", status: "blocked", prereqJobs: [one.id, two.id] },
    ]);
  });

  it("knows what was added before, or is only an id", async () => {
    using _ = useTestAdapter();
    let last: JobHandle | undefined;

    const batch = await Batch.create({}, async () => {
      const first = await Count.defer("a");
      const second = await Count.defer("b", { prereqJobs: [first.id] });
      last = await Sum.defer({ prereqJobs: [second] });
    });

    const { jobs } = await batch.graph();
    expect(jobs.map(({ className }) => className)).toEqual(["Count", "Sum", "?"]);
    expect(jobs[1]?.id).toBe(last?.id);
  });

  it("ends dependents as they ask for, where one is dead", async () => {
    using _ = useTestAdapter();
    const bad = Count.prepare("");
    const cancelled = Sum.set({ prereqJobs: [bad], prereqFailure: "cancel" }).prepare();
    const buried = Sum.set({ prereqJobs: [bad], prereqFailure: "bury" }).prepare();

    const batch = await Batch.create({}, () => deferAll([bad, cancelled, buried]));
    await performEnqueuedJobs().catch(() => undefined);

    expect(await Promise.all([cancelled.status(), buried.status()])).toEqual(["cancelled", "dead"]);
    expect(await batch.status()).toMatchObject({ total: 3, done: 1, dead: 2, pending: 0 });
  });

  it("goes by another rule for some, where a job stands between", async () => {
    using _ = useTestAdapter();
    const bad = Count.prepare("");
    class Settled extends Command {
      call() {}
    }
    const settled = Settled.set({ prereqJobs: [bad] }).prepare();
    const runs = Count.set({ prereqJobs: [settled], prereqFailure: "cancel" }).prepare("a");
    const cancelled = Count.set({
      prereqJobs: [settled, bad],
      prereqFailure: "cancel",
    }).prepare("b");

    await deferAll([bad, settled, runs, cancelled]);
    // The first tells of the job that dies.
    await performEnqueuedJobs().catch(() => undefined);
    await performEnqueuedJobs();

    expect(await Promise.all([runs.status(), cancelled.status()])).toEqual([
      "finished",
      "cancelled",
    ]);
  });

  it("gives no results outside of a job", async () => {
    await expect(new Both().call()).rejects.toThrow(
      new NotInJobError(
        "Cannot get results of prerequisites: no job is running here. " +
          "Call prereqResults in a command that was deferred, and check this.job where it is called inline too",
      ),
    );
  });
});
