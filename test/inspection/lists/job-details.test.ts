import { Command, deferAll, jobDetails } from "mandate";
import { Worker } from "mandate/worker";
import { expect, it } from "vitest";
import { onEachStore } from "../on-each-store.ts";

class Send extends Command.initializeWith((to: string) => ({ to })) {
  call(): void {}
}

class Count extends Command.initializeWith((what: string) => ({ what })) {
  static {
    this.keepResult("1 hour");
    this.keepFinished("1 hour");
    this.retry(0);
  }

  call(): object {
    this.progress(1, 2, "halfway");
    if (this.what === "broken") throw new RangeError("no");
    return this.what === "large" ? { text: "x".repeat(2_000_000) } : { count: 42 };
  }
}

const drained = (): Promise<void> => new Worker().drain({ dueWithin: 0 });

onEachStore("jobDetails", (store) => {
  it("knows what a job waits for, and what waits for it", async () => {
    const first = await Send.defer("a");
    const second = await Send.set({ wait: 60 }).defer("b");
    const then = await Send.set({ prereqJobs: [first, second] }).defer("c");

    expect(await jobDetails(then.id)).toMatchObject({
      place: "blocked",
      prerequisites: [
        { jid: first.id, status: "enqueued" },
        { jid: second.id, status: "scheduled" },
      ],
      waitsFor: [first.id, second.id],
      dependents: [],
      progress: undefined,
      result: undefined,
    });
    expect(await jobDetails(first.id)).toMatchObject({
      prerequisites: [],
      waitsFor: undefined,
      dependents: [{ jid: then.id, status: "blocked" }],
    });

    await drained();

    expect(await jobDetails(then.id)).toMatchObject({
      prerequisites: [
        { jid: first.id, status: "finished" },
        { jid: second.id, status: "scheduled" },
      ],
      waitsFor: [second.id],
    });
  });

  it("knows how far a job was, and what it came to", async () => {
    const { id } = await Count.defer("users");
    await drained();

    const details = await jobDetails(id);

    expect(details).toMatchObject({
      place: "finished",
      progress: { done: 1, total: 2, note: "halfway" },
      result: { value: { count: 42 } },
    });
  });

  it("knows what it failed with, and why its result was not kept", async () => {
    const broken = await Count.defer("broken");
    const tooLarge = await Count.defer("large");
    await drained();

    expect((await jobDetails(broken.id))?.result).toEqual({
      errorClass: "RangeError",
      errorMessage: "no",
    });
    expect((await jobDetails(tooLarge.id))?.result).toMatchObject({ none: "too-large" });
  });

  it("knows of more than a hundred related jobs the first", async () => {
    const first = await Send.defer("a");
    const later = Array.from({ length: 120 }, () => Send.set({ prereqJobs: [first] }).prepare("b"));
    await deferAll(later);

    expect((await jobDetails(first.id))?.dependents).toHaveLength(100);
  });

  it("is nothing of a job that is not there", async () => {
    expect(await jobDetails("0".repeat(24))).toBeUndefined();
    expect(await store.adapter.store.dependents("0".repeat(24), 10)).toEqual([]);
  });
});
