import {
  changeJobs,
  Command,
  deadSet,
  jobs,
  queue,
  scheduledSet,
  UnknownOptionError,
  type ChangeJobsOptions,
  type ChangeProgress,
  type JobPlace,
} from "mandate";
import { startWorker } from "mandate/worker";
import { expect, it, onTestFinished } from "vitest";
import { onEachStore } from "../on-each-store.ts";

class Send extends Command.initializeWith((to: string) => ({ to })) {
  call(): void {}
}

class Other extends Command {
  call(): void {}
}

let begin: () => void;

class Endless extends Command {
  async call(): Promise<void> {
    const { signal } = this;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    begin();
    await aborted;
  }
}

onEachStore("changeJobs", () => {
  async function stocked(): Promise<void> {
    for (const queueName of ["a", "b"]) {
      await Send.set({ queue: queueName }).defer("x");
      await Send.set({ queue: queueName }).defer("y");
      await Other.set({ queue: queueName }).defer();
    }
    await Send.set({ wait: 60 }).defer("z");
  }

  it("changes the selected ones of all that places consist of", async () => {
    await stocked();

    const options: ChangeJobsOptions = { places: ["queue", "scheduled"] };
    expect(await changeJobs("kill", { command: Send }, { ...options, dryRun: true })).toBe(5);
    expect(await deadSet().size()).toBe(0);

    expect(await changeJobs("kill", { command: Send }, options)).toBe(5);

    expect(await deadSet().size()).toBe(5);
    expect([await queue("a").size(), await scheduledSet().size()]).toEqual([1, 0]);
    expect(await changeJobs("retry", {}, { places: ["dead"] })).toBe(5);
    expect(await changeJobs("cancel", { queue: "b" }, { places: ["queue"] })).toBe(3);
    expect(await changeJobs("delete", {}, { places: ["queue"] })).toBe(4);
  });

  it("says how far it is", async () => {
    await stocked();
    const said: ChangeProgress[] = [];

    await changeJobs(
      "delete",
      { command: Send },
      {
        places: ["queue", "scheduled"],
        onProgress: (progress) => said.push(progress),
      },
    );

    const last = new Map(said.map((each) => [`${each.place} ${each.queue}`, each]));
    expect([...last.values()]).toEqual([
      { place: "queue", queue: "a", seen: 3, done: 2, total: 3, changed: 2 },
      { place: "queue", queue: "b", seen: 3, done: 2, total: 3, changed: 4 },
      { place: "scheduled", queue: undefined, seen: 1, done: 1, total: 1, changed: 5 },
    ]);
  });

  it("ends between two slices, and leaves the others as they are", async () => {
    await stocked();
    const ended = new AbortController();

    const changing = changeJobs(
      "delete",
      {},
      {
        places: ["queue"],
        onProgress: () => ended.abort(new Error("enough")),
        signal: ended.signal,
      },
    );

    await expect(changing).rejects.toThrow("enough");
    expect(await queue("b").size()).toBe(3);
  });

  it("counts and cancels what runs", async () => {
    const worker = await startWorker();
    onTestFinished(() => worker.stop());
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const { id } = await Endless.defer();
    await begun;
    const places: readonly JobPlace[] = ["running"];

    expect(await changeJobs("cancel", {}, { places, dryRun: true })).toBe(1);
    expect(await changeJobs("cancel", { command: Other }, { places })).toBe(0);
    expect(await changeJobs("cancel", {}, { places })).toBe(1);

    await worker.drain();
    const unfinished: unknown[] = [];
    for await (const found of jobs({ jid: id })) unfinished.push(found);
    expect(unfinished).toEqual([]);
  });

  it("refuses places with no such jobs, and options that there are not", async () => {
    await expect(changeJobs("promote", {}, { places: ["dead"] })).rejects.toThrow(
      new TypeError("Cannot promote jobs in dead: that is for scheduled, blocked"),
    );
    const wrong = { places: ["dead"], dry: true } as unknown as ChangeJobsOptions;
    await expect(changeJobs("retry", {}, wrong)).rejects.toThrow(UnknownOptionError);
  });
});
