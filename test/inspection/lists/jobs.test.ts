import {
  Command,
  configure,
  GlobalID,
  jobs,
  MemoryAdapter,
  silentLogger,
  UnknownOptionError,
  type FoundJob,
  type JobSelection,
  type SearchOptions,
} from "mandate";
import { describe, expect, it, onTestFinished } from "vitest";
import type { LeaseOptions } from "../../../src/adapters/adapter.ts";

class Send extends Command.initializeWith((to: string) => ({ to })) {
  static {
    this.tags("mail");
  }

  call(): void {}
}

class Other extends Command {
  call(): void {}
}

const user = GlobalID.parse("gid://app/User/42")!;

/** Jobs in all places but running: of each class two in queues, one scheduled and one blocked. */
async function stocked(): Promise<MemoryAdapter> {
  const adapter = new MemoryAdapter({ logger: silentLogger });
  configure({ adapter });
  onTestFinished(() => adapter.close());
  const first = await Send.set({ queue: "a", jid: "queued-1" }).defer(String(user));
  await Send.set({ queue: "b", jid: "queued-2" }).defer("x");
  await Send.set({ wait: 60, jid: "scheduled" }).defer(String(user));
  await Send.set({ prereqJobs: [first], jid: "blocked" }).defer("x");
  await Other.set({ queue: "a", jid: "other" }).defer();
  const entry = JSON.stringify({ class: "Gone", args: [String(user)], queue: "a", jid: "dead" });
  await adapter.enqueue([{ jid: "dead", queue: "c", payload: entry }]);
  for await (const { entry: job } of jobs({ jid: "dead" })) {
    if ("kill" in job) await job.kill();
  }
  return adapter;
}

async function found(selection?: JobSelection, options?: SearchOptions): Promise<string[]> {
  const lines: string[] = [];
  for await (const { place, entry } of jobs(selection, options)) lines.push(`${place} ${entry.id}`);
  return lines;
}

describe("jobs", () => {
  it("finds all there are, place by place", async () => {
    await stocked();

    expect(await found()).toEqual([
      "queue queued-1",
      "queue other",
      "queue queued-2",
      "scheduled scheduled",
      "blocked blocked",
      "dead dead",
    ]);
  });

  it.each<[string, JobSelection, string[]]>([
    ["a record", { globalId: user }, ["queue queued-1", "scheduled scheduled", "dead dead"]],
    ["a tag and a queue", { tag: "mail", queue: "b" }, ["queue queued-2"]],
    ["a class", { command: Other }, ["queue other"]],
  ])("finds those of %s", async (_, selection, expected) => {
    await stocked();

    expect(await found(selection)).toEqual(expected);
  });

  it("finds what workers hold", async () => {
    const adapter = await stocked();
    const lease = await adapter.lease(leaseOptions);
    onTestFinished(() => lease.close());
    await lease.exchange([], { queues: ["a"], limit: 1 });

    expect(await found({ tag: "mail" }, { places: ["running"] })).toEqual(["running queued-1"]);
    expect(await found({ tag: "none" }, { places: ["running"] })).toEqual([]);
  });

  it("looks only where it is told to, in that order", async () => {
    await stocked();

    expect(await found({}, { places: ["dead", "scheduled"] })).toEqual([
      "dead dead",
      "scheduled scheduled",
    ]);
  });

  it("ends between two pages when it is told to", async () => {
    await stocked();
    const stop = new AbortController();
    const seen: FoundJob[] = [];
    const reason = new Error("enough");

    const search = (async () => {
      for await (const job of jobs({}, { signal: stop.signal })) {
        seen.push(job);
        stop.abort(reason);
      }
    })();

    await expect(search).rejects.toBe(reason);
    expect(seen.map(({ entry }) => entry.queueName)).toEqual(["a", "a"]);
  });

  it.each<[string, object, object, Error]>([
    [
      "a place",
      {},
      { places: ["late"] },
      new TypeError(
        'Cannot search for jobs in "late": it is no place. ' +
          "There are: running, queue, retry, scheduled, blocked, dead, finished",
      ),
    ],
    [
      "an option",
      {},
      { place: "dead" },
      new UnknownOptionError("place", "the options of jobs", ["places", "signal"]),
    ],
    [
      "a field",
      { tag: undefined },
      {},
      new TypeError("Cannot select jobs: tag is undefined. Leave it out where all are meant"),
    ],
  ])("refuses what is no %s", async (_, selection, options, error) => {
    await stocked();

    await expect(found(selection, options)).rejects.toThrow(error);
  });
});

const leaseOptions: LeaseOptions = {
  identity: "host:1:a",
  ttl: Infinity,
  info: { hostname: "host", pid: 1, tag: "", startedAt: 0, concurrency: 1, queues: [["*", 1]] },
  state: () => ({ quiet: false, busy: 1, overdue: 0 }),
  onWork: () => {},
  onDue: () => {},
};
