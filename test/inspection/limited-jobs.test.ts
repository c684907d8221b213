import {
  blockedSet,
  changeJob,
  changeJobs,
  doctor,
  findJob,
  jobById,
  jobDetails,
  jobJson,
  jobs,
  limiter,
  limitStats,
  queue,
  queueStats,
  snapshot,
  stats,
  type Finding,
  type JobPlace,
} from "mandate";
import { expect, it, onTestFinished } from "vitest";
import type { FetchedJob, Lease } from "../../src/adapters/adapter.ts";
import type { Hold } from "../../src/adapters/hold.ts";
import { readStore } from "../../src/instrumentation/store-reading.ts";
import { onEachStore, type TestedStore } from "./on-each-store.ts";

const LIMIT: Hold = {
  key: "limit:stripe:42",
  from: "fetch",
  until: "settled",
  whenFull: "park",
  to: 1,
};
const RATE: Hold = {
  key: "rate:mails",
  from: "fetch",
  until: "fetched",
  whenFull: "park",
  rate: { to: 60, seconds: 3_600, burst: 1 },
};

onEachStore("jobs over a limit", (store) => {
  /** One has the turn, and two wait for it; one needs none. @returns what runs. */
  async function block(hold: Hold): Promise<readonly FetchedJob[]> {
    const lease = await open();
    const entry = (jid: string) => ({
      jid,
      queue: "external",
      payload: JSON.stringify({
        class: "Charge",
        args: [42],
        queue: "external",
        jid,
      }),
    });
    await store.adapter.enqueue(["runs", "second", "third"].map((jid) => withHold(entry(jid))));
    await store.adapter.enqueue([entry("free")]);
    const { jobs: fetched } = await lease.exchange([], { queues: ["external"], limit: 1 });
    await lease.exchange([], { queues: ["external"], limit: 1, turns: 1 });
    return fetched;

    function withHold<Entry extends object>(given: Entry): Entry & { readonly holds: Hold[] } {
      return { ...given, holds: [hold] };
    }
  }

  async function open(): Promise<Lease> {
    const lease = await store.adapter.lease({
      identity: "host:1:abc",
      ttl: 60,
      info: {
        hostname: "host",
        pid: 1,
        tag: "",
        startedAt: 0,
        concurrency: 5,
        queues: [["external", 1]],
      },
      state: () => ({ quiet: false, busy: 0 }),
      onWork: () => undefined,
      onDue: () => undefined,
    });
    onTestFinished(() => lease.close());
    return lease;
  }

  async function found(...places: JobPlace[]): Promise<(string | undefined)[]> {
    const jids: (string | undefined)[] = [];
    for await (const { entry } of jobs({}, { places })) jids.push(entry.id);
    return jids;
  }

  it("are blocked, with the reason, wherever jobs are listed", async () => {
    await block(LIMIT);

    expect(await found("blocked")).toEqual(["second", "third"]);
    expect(await found("queue")).toEqual([]);
    expect(await found("running")).toEqual(["runs", "free"]);
    const one = await findJob("second");
    expect(one?.place).toBe("blocked");
    expect(one && jobJson(one)).toMatchObject({
      jid: "second",
      place: "blocked",
      queue: "external",
      blockedBy: "limit stripe:42",
    });
    expect(await jobById("second").status()).toBe("blocked");
    expect(await jobDetails("second")).toMatchObject({
      place: "blocked",
      blockedBy: [{ reason: "limit stripe:42", key: "limit:stripe:42", holder: "runs" }],
      waitsFor: undefined,
    });
    expect((await jobDetails("free"))?.blockedBy).toEqual([]);
  });

  it("belong to their queue, and are counted once", async () => {
    await block(LIMIT);

    expect(await queue("external").size()).toBe(2);
    expect(await queue("external").limited().size()).toBe(2);
    expect((await queue("external").limited().find("third"))?.blockedBy).toBe("limit stripe:42");
    expect(await blockedSet().size()).toBe(0);
    expect(await stats()).toMatchObject({ enqueued: 0, blocked: 2, queues: { external: 2 } });
    const taken = await snapshot();
    expect(taken.sizes.blocked).toBe(2);
    expect(taken.queues).toEqual([
      { name: "external", size: 2, blocked: 2, latency: 0, paused: false, limit: undefined },
    ]);
    const reading = await readStore(store.adapter, 10);
    expect(reading.queues).toEqual([{ name: "external", size: 0, latency: 0 }]);
    expect(reading.sets.blocked).toBe(2);
  });

  it("are told of by their limits", async () => {
    await block(LIMIT);

    const expected = {
      limit: "limit stripe:42",
      key: "limit:stripe:42",
      to: 1,
      rate: undefined,
      running: 1,
      waiting: 2,
    };
    expect(await limitStats()).toEqual([expected]);
    expect((await stats()).limits).toEqual([expected]);
    expect((await snapshot()).limits).toEqual([expected]);
  });

  it("wait for tokens, too", async () => {
    await block(RATE);

    expect(await limitStats()).toMatchObject([
      { limit: "rate mails", to: undefined, rate: RATE.rate, running: 0, waiting: 2 },
    ]);
    expect((await jobDetails("second"))?.blockedBy).toEqual([
      { reason: "rate mails", key: "rate:mails", holder: undefined },
    ]);
  });

  it("are cancelled, killed and deleted as others are, and not promoted", async () => {
    await block(LIMIT);

    expect(await changeJob("promote", "second")).toMatchObject({
      done: false,
      found: { place: "blocked" },
    });
    expect(await changeJobs("promote", {}, { places: ["blocked"], dryRun: true })).toBe(0);
    expect(await changeJobs("promote", {}, { places: ["blocked"] })).toBe(0);
    expect(await changeJob("cancel", "second")).toMatchObject({ done: true });
    expect(await changeJobs("kill", {}, { places: ["blocked"] })).toBe(1);
    expect(await found("dead")).toEqual(["third"]);
    expect(await limitStats()).toEqual([]);
  });

  it("are a warning where they wait for long, and whoever keeps them waiting", async () => {
    await block(LIMIT);
    letTimePass(store, 400);
    const findings = async (): Promise<Finding[]> => {
      const all: Finding[] = [];
      for await (const finding of doctor()) {
        if (finding.problem?.startsWith("limit-") === true) all.push(finding);
      }
      return all;
    };

    expect(await findings()).toEqual([
      {
        check: "limit stripe:42",
        level: "warning",
        problem: "limit-slow",
        found: expect.stringMatching(
          /^over it wait 2 jobs, the first for 6m40s; 1 of 1 run$/,
        ) as string,
        todo: "Raise the limit, so as to let more of them run at once, or defer fewer of these jobs",
        jobs: 2,
        seconds: expect.closeTo(400, 0) as number,
      },
    ]);
    letTimePass(store, 1_600);
    expect((await findings())[1]).toMatchObject({
      check: "limit stripe:42",
      problem: "limit-held-long",
      found: "runs holds it for 33m, and others wait",
      todo: "Look what that job does, give its class a timeout, or cancel it",
      jid: "runs",
    });
  });

  it("say how long a rate makes them wait", async () => {
    await block(RATE);
    letTimePass(store, 400);

    const slow: Finding[] = [];
    for await (const finding of doctor()) if (finding.problem === "limit-slow") slow.push(finding);

    expect(slow.map((finding) => [finding.found, finding.todo])).toEqual([
      [
        "over it wait 2 jobs, the first for 6m40s; the last starts in 2m at 60 in 1h",
        "Raise the limit, so as to let more of them start, or defer fewer of these jobs",
      ],
    ]);
  });
});

onEachStore("code within a limiter", (store) => {
  it("is a warning where it keeps others out for long", async () => {
    const erp = limiter.concurrent("erp", { to: 1, hold: "1 hour" });
    let leave = (): void => undefined;
    const held = new Promise<void>((resolve) => (leave = resolve));
    let within: Promise<void> | undefined;
    await new Promise<void>((entered) => {
      within = erp.within(() => {
        entered();
        return held;
      });
    });
    const findings = async (): Promise<Finding[]> => {
      const all: Finding[] = [];
      for await (const finding of doctor()) {
        if (finding.problem === "limit-held-long") all.push(finding);
      }
      return all;
    };

    expect(await findings()).toEqual([]);
    letTimePass(store, 1_900);
    expect(await findings()).toMatchObject([
      { check: 'limiter.concurrent("erp")', jid: `pid-${process.pid}`, jobs: 1 },
    ]);
    leave();
    await within;
    expect(await findings()).toEqual([]);
  });
});

onEachStore("a queue's limit", (store) => {
  it("is set, read, and ended", async () => {
    const external = queue("external");
    expect(await external.limitation()).toBeUndefined();

    await external.limit({ concurrency: 4, rate: { to: 100, per: "1 minute" } });

    const limit = { concurrency: 4, rate: { to: 100, seconds: 60, burst: 10 }, running: 0 };
    expect(await external.limitation()).toEqual(limit);
    expect(await queueStats()).toEqual([
      { name: "external", size: 0, blocked: 0, latency: 0, paused: false, limit },
    ]);
    await external.limit({ rate: { to: Infinity, per: 1 }, concurrency: 2 });
    expect(await external.limitation()).toEqual({ concurrency: 2, rate: undefined, running: 0 });
    await external.limit({ rate: { to: 5, per: 1, burst: 3 } });
    expect(await external.limitation()).toEqual({
      concurrency: undefined,
      rate: { to: 5, seconds: 1, burst: 3 },
      running: 0,
    });
    await external.limit(false);
    expect(await external.limitation()).toBeUndefined();
    expect(await queueStats()).toEqual([]);
    expect(await store.adapter.holds?.keys("", undefined, 10)).toMatchObject({ keys: [] });
  });

  it.each<[string, object, string]>([
    [
      "nothing",
      {},
      'Cannot use an object as the limit of queue "q": give concurrency, rate or both, or false for no limit',
    ],
    [
      "0",
      { concurrency: 0 },
      'Cannot use 0 as concurrency in the limit of queue "q": give an integer of at least 1, or Infinity',
    ],
    [
      "a fraction",
      { rate: { to: 1.5, per: 1 } },
      'Cannot use 1.5 as to in the rate in the limit of queue "q": give an integer of at least 1, or Infinity',
    ],
    [
      "no time",
      { rate: { to: 1, per: 0 } },
      'Cannot use 0 as per in the rate in the limit of queue "q": give more than 0 seconds',
    ],
    [
      "no burst",
      { rate: { to: 1, per: 1, burst: 0 } },
      'Cannot use 0 as burst in the rate in the limit of queue "q": give an integer of at least 1',
    ],
    [
      "another word",
      { to: 4 },
      'Cannot use option "to" in the limit of queue "q": there is no such option. There are: concurrency, rate',
    ],
  ])("refuses %s", async (_, limit, message) => {
    await expect(queue("q").limit(limit)).rejects.toThrow(message);
  });
});

function letTimePass({ adapter }: TestedStore, seconds: number): void {
  const { store: jobStore } = adapter;
  const now = jobStore.now.bind(jobStore);
  jobStore.now = async () => (await now()) + seconds;
}
