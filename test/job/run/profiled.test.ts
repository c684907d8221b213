import { Session } from "node:inspector";
import { randomBytes } from "node:crypto";
import { Command, Job, profiles } from "mandate";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Rig } from "../rig.ts";

/** What speedscope, Chrome and the Firefox Profiler need. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

class Import extends Command.initializeWith((file: string) => ({ file })) {
  call(): void {
    countPrimes();
  }
}

class Wait extends Job {
  async perform(): Promise<void> {
    await released;
  }
}
let release: () => void;
let released: Promise<void>;

afterEach(() => void vi.restoreAllMocks());

describe("a profiled run", () => {
  it("is recorded as V8 writes it, and kept with its job", async () => {
    const rig = new Rig();
    const job = await Import.set({ profile: "slow-import" }).defer("a.csv");

    const outcome = await rig.run();

    const [profile, ...others] = await profiles();
    expect([outcome.kind, others]).toEqual(["done", []]);
    expect(profile).toMatchObject({
      key: `slow-import-${job?.id}`,
      name: "slow-import",
      jid: job?.id,
      className: "Import",
      startedAt: new Date(rig.now * 1000),
      format: "cpuprofile",
    });
    expect(profile?.seconds).toBeGreaterThan(0.05);
    expect(rig.log.messages()).toContain(`Kept a profile of Import: slow-import-${job?.id}`);

    const { nodes, samples, timeDeltas, startTime, endTime } = JSON.parse(
      (await profile?.read()) ?? "",
    ) as CpuProfile;
    const ids = new Set(nodes.map(({ id }) => id));
    expect(nodes.map(({ callFrame }) => callFrame.functionName)).toEqual(
      expect.arrayContaining(["(root)", "call", "countPrimes"]),
    );
    expect(nodes.flatMap(({ children = [] }) => children).every((id) => ids.has(id))).toBe(true);
    expect(samples.length).toBeGreaterThan(5);
    expect(samples.every((id) => ids.has(id))).toBe(true);
    expect(timeDeltas).toHaveLength(samples.length);
    expect(endTime).toBeGreaterThan(startTime);
  });

  it("is each of a job's runs, of which the last is kept, failed ones too", async () => {
    const rig = new Rig();
    let runs = 0;
    class Fail extends Job {
      perform(): void {
        runs += 1;
        throw new RangeError(`run ${runs}`);
      }
    }
    const job = await Fail.set({ profile: "fails" }).performLater();

    await rig.run();
    const [first] = await profiles();
    rig.elapse(3_600);
    await rig.run();

    const kept = await profiles();
    expect(kept.map(({ key }) => key)).toEqual([`fails-${job?.id}`]);
    expect(Number(kept[0]?.startedAt) - Number(first?.startedAt)).toBe(3_600_000);
  });

  it("is one of four at once, and what comes on top runs without", async () => {
    const rig = new Rig();
    await Import.defer("to open a lease");
    await rig.run();
    released = new Promise((resolve) => (release = resolve));
    for (const name of ["a", "b", "c", "d", "e"]) {
      await Wait.set({ profile: name }).performLater();
    }

    const runs = Array.from({ length: 5 }, () => rig.run());
    await expect.poll(() => rig.log.troubles).toHaveLength(1);
    release();
    const outcomes = await Promise.all(runs);

    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(5).fill("done"));
    expect(rig.log.troubles).toEqual(["Runs Wait without a profile: 4 are being recorded here"]);
    expect(await profiles()).toHaveLength(4);
    await Import.set({ profile: "after" }).defer("b.csv");
    await rig.run();
    expect((await profiles()).map(({ name }) => name)).toContain("after");
  });

  it("is recorded for five minutes, however long it goes on", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const rig = new Rig();
    const started = vi.spyOn(Session.prototype, "post");
    const stopped = vi.spyOn(Session.prototype, "disconnect");
    released = new Promise((resolve) => (release = resolve));
    await Wait.set({ profile: "long" }).performLater();

    const run = rig.run();
    await expect.poll(() => started.mock.calls).toHaveLength(2);
    await expect.poll(() => vi.getTimerCount()).toBeGreaterThan(0);
    vi.advanceTimersByTime(300_000);
    expect(stopped).toHaveBeenCalledOnce();
    release();
    await run;
    vi.useRealTimers();

    expect(rig.log.messages()).toContain("Profiled the first 300 s of Wait, which goes on");
    expect(await profiles()).toHaveLength(1);
    expect(stopped).toHaveBeenCalledOnce();
  });

  it("is run without where this Node has no inspector", async () => {
    const rig = new Rig();
    vi.spyOn(Session.prototype, "connect").mockImplementation(() => {
      throw new Error("Inspector is not available");
    });
    await Import.set({ profile: "slow-import" }).defer("a.csv");

    expect((await rig.run()).kind).toBe("done");

    expect(rig.log.troubles).toEqual(["Runs Import without a profile: there is no inspector"]);
    expect(await profiles()).toEqual([]);
  });

  it("is done though its profile is too large, or cannot be kept", async () => {
    const rig = new Rig();
    const { post } = Session.prototype as { post(...args: unknown[]): void };
    vi.spyOn(Session.prototype, "post").mockImplementation(function (
      this: Session,
      ...args: unknown[]
    ) {
      const [method, callback] = args as [string, (error: null, answer: object) => void];
      post.call(this, method, (error: null, answer: object) => {
        const profile = randomBytes(2_200_000).toString("base64");
        callback(error, method === "Profiler.stop" ? { profile } : answer);
      });
    });
    await Import.set({ profile: "large" }).defer("a.csv");
    const large = await rig.run();
    vi.restoreAllMocks();
    vi.spyOn(rig.adapter.notes, "writeProfile").mockRejectedValue(new Error("is away"));
    await Import.set({ profile: "lost" }).defer("b.csv");
    const lost = await rig.run();

    expect([large.kind, lost.kind]).toEqual(["done", "done"]);
    expect(rig.log.troubles).toEqual([
      expect.stringMatching(
        /^Dropped the profile of Import: it has 22\d{5} bytes, and 2097152 are kept at most$/,
      ),
      "Could not keep the profile of Import",
    ]);
    expect(await profiles()).toEqual([]);
  });

  it("is asked for by a text alone", async () => {
    const rig = new Rig();
    const record = {
      class: "MandateJob",
      args: ["Import", "a.csv"],
      queue: "default",
      jid: "4f1d",
    };
    await rig.put(JSON.stringify({ ...record, profile: 5 }), { jid: "4f1d" });
    await rig.run();
    await rig.put(JSON.stringify({ ...record, profile: "" }), { jid: "4f1e" });
    await rig.run();
    await rig.put(JSON.stringify({ ...record, profile: "from Ruby" }), { jid: "4f1f" });
    await rig.run();

    expect((await profiles()).map(({ key }) => key)).toEqual(["from Ruby-4f1d"]);
  });
});

function countPrimes(): number {
  const until = performance.now() + 150;
  let count = 0;
  while (performance.now() < until) {
    count += Math.sqrt(count) > 0 ? 1 : 2;
  }
  return count;
}
