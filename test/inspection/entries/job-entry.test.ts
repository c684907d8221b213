import { inspect } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import type { Lease, Outcome } from "../../../src/adapters/adapter.ts";
import type { SetName } from "../../../src/adapters/job-store.ts";
import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";
import { jobs } from "../../../src/inspection/lists/jobs.ts";
import type { JobEntry } from "../../../src/inspection/entries/job-entry.ts";
import { JobSet } from "../../../src/inspection/lists/job-set.ts";
import { queue } from "../../../src/inspection/lists/queue.ts";
import { RunningEntry } from "../../../src/inspection/entries/running-entry.ts";
import { running, stats } from "../../../src/inspection/figures/stats.ts";
import { silentLogger } from "../../../src/support/logger.ts";

const FAR = Date.now() / 1000 + 86_400;

let adapter: MemoryAdapter;

beforeEach(() => {
  adapter = new MemoryAdapter({ logger: silentLogger });
});

describe("JobEntry", () => {
  it("is one line where it is printed, as its list is, whoever wrote it", async () => {
    await adapter.enqueue([
      {
        jid: "ab01",
        queue: "low",
        payload: '{"class":"A\\u001b[2J","args":["secret"],"jid":"ab01"}',
      },
    ]);
    const list = queue("low", adapter);
    const entry = await list.find("ab01");

    expect(inspect({ entry })).toBe('{ entry: A\uFFFD[2J ab01 (queue "low") }');
    expect(inspect([list, new JobSet(adapter, "dead")])).toBe("[ Queue low, JobSet dead ]");
  });

  it("is one line where it runs, too", () => {
    const running = { jid: undefined, queue: "low", payload: "[]", identity: "a:1", startedAt: 1 };

    expect(inspect(new RunningEntry(running as never))).toBe(' without a jid (queue "low")');
  });

  it("keeps the arguments' bytes and gives a retry back when a failed job is run", async () => {
    const entry = await inRetry('{"class":"A","args":[9007199254740993,1.0],"retry_count":3}');

    expect(await entry.retry()).toBe(true);

    expect(await waiting()).toMatch(
      /^\{"class":"A","args":\[9007199254740993,1\.0\],"retry_count":2,"enqueued_at":[\d.]+\}$/,
    );
  });

  it("gives one back to a dead job as well", async () => {
    const entry = await inSet("dead", '{"class":"A","args":[],"retry_count":25}');

    await entry.retry();

    expect(await waiting()).toContain('"retry_count":24');
  });

  it("gives none to a job that only waits for its time, though it failed once", async () => {
    const entry = await inSet("scheduled", '{"class":"A","args":[],"retry_count":3}');

    await entry.retry();

    expect(await waiting()).toContain('"retry_count":3');
  });

  it("renews the stamp of its queue, wherever the old one stands", async () => {
    const entry = await inRetry('{"enqueued_at":1.5,"class":"A","args":[]}');

    await entry.retry();

    expect((await waiting())?.match(/enqueued_at/g)).toHaveLength(1);
  });

  it("runs what is no record in one that says what it was", async () => {
    const entry = await inSet("dead", "oops");

    expect(await entry.retry()).toBe(true);

    expect(JSON.parse((await waiting()) ?? "")).toMatchObject({
      class: "Mandate::Unreadable",
      args: ["oops"],
      jid: "a1",
      queue: "default",
    });
  });

  it("kills a job as it is", async () => {
    const payload = '{"class":"A","args":[1.0],"jid":"a1","queue":"default","retry_count":3}';
    const entry = await inRetry(payload);

    expect(await entry.kill()).toBe(true);

    const dead = await new JobSet(adapter, "dead").find("a1");
    expect(dead?.payload).toBe(payload);
    expect(dead?.at?.getTime()).toBeCloseTo(Date.now(), -4);
  });

  it("does nothing once the job has moved", async () => {
    const entry = await inRetry('{"class":"A","args":[]}');
    await entry.delete();

    expect(await entry.retry()).toBe(false);
    expect(await entry.kill()).toBe(false);
    expect(await entry.delete()).toBe(false);
    expect(await adapter.status("a1")).toBe("finished");
  });

  it("says when it is due", async () => {
    const entry = await inSet("scheduled", "{}");

    expect(entry.at).toEqual(new Date(FAR * 1000));
    expect(entry).toMatchObject({ id: "a1", queueName: "default", payload: "{}" });
  });
});

describe("JobSet", () => {
  it("says that a job it does not have was not moved", async () => {
    const set = new JobSet(adapter, "retry");

    expect(await set.retry("a1")).toBe(false);
    expect(await set.kill("a1")).toBe(false);
    expect(await set.delete("a1")).toBe(false);
    expect(await set.find("a1")).toBeUndefined();
  });

  it("retries all of many pages, but not those that fail again meanwhile", async () => {
    let failures = 0;
    const failing = async (): Promise<void> => {
      const { jobs } = await lease.exchange([], { queues: undefined, limit: 250 });
      const outcomes = jobs.map((job): Outcome => {
        failures += 1;
        return {
          job,
          jid: undefined,
          kind: "retry",
          payload: "{}",
          queue: "default",
          at: FAR + failures,
        };
      });
      await lease.exchange(outcomes);
    };
    const lease = await open(() => void failing());
    const jids = Array.from({ length: 250 }, (_, index) => `job${index}`);
    await adapter.enqueue(jids.map((jid) => ({ jid, queue: "default", payload: "{}" })));
    await failing();
    const set = new JobSet(adapter, "retry");

    expect(await set.retryAll()).toBe(250);

    expect(failures).toBeGreaterThan(300);
  });

  it("kills all the dead without end", async () => {
    await schedule(150);
    await new JobSet(adapter, "scheduled").killAll();
    const dead = new JobSet(adapter, "dead");

    expect(await dead.killAll()).toBe(150);

    expect(await dead.size()).toBe(150);
  });

  it("says how many it cleared", async () => {
    await schedule(3);

    expect(await new JobSet(adapter, "scheduled").clear()).toBe(3);
  });
});

describe("Queue", () => {
  it("measures from the stamp of the next job, else from its creation", async () => {
    const now = await adapter.store.now();
    const early = '{"created_at":1.5}';
    await adapter.enqueue([{ jid: "a1", queue: "default", payload: early }]);
    await adapter.enqueue([{ jid: "b2", queue: "list", payload: "[]" }]);

    expect(await queue("default", adapter).latency()).toBeLessThan(60);
    const { jobs } = await adapter.store.page({ queue: "default" }, undefined, 1);
    await adapter.store.move({ queue: "default" }, jobs[0]!, "queue", `${early} `);
    expect(await queue("default", adapter).latency()).toBeCloseTo(now - 1.5, -2);
    expect(await queue("list", adapter).latency()).toBe(0);
  });

  it("has nothing to find, delete or clear where nobody enqueued", async () => {
    const empty = queue("never-seen", adapter);

    expect(await empty.size()).toBe(0);
    expect(await empty.find("a1")).toBeUndefined();
    expect(await empty.delete("a1")).toBe(false);
    expect(await empty.clear()).toBe(0);
    expect(await empty.latency()).toBe(0);
  });
});

describe("running", () => {
  it("tells what runs from what was fetched ahead, as stats do", async () => {
    const payloadOf = (jid: string): string => `{"class":"A","args":[],"jid":"${jid}"}`;
    const jids = ["a1", "a2", "a3"];
    await adapter.enqueue(jids.map((jid) => ({ jid, queue: "default", payload: payloadOf(jid) })));
    const lease = await open();
    await lease.exchange([], { queues: undefined, limit: 3 });

    expect((await running(adapter)).map(({ id }) => id)).toEqual(["a1"]);
    expect(await stats(adapter)).toMatchObject({ running: 1, fetchedAhead: 2, enqueued: 0 });
    const ahead: unknown[] = [];
    for await (const { entry } of jobs({}, { places: ["running"] }, adapter)) {
      if (entry instanceof RunningEntry && entry.fetchedAhead) ahead.push(entry.id);
    }
    expect(ahead).toEqual(["a2", "a3"]);
  });

  it("shows the jobs that workers hold", async () => {
    const payload = '{"class":"MandateJob","args":["Visible",1]}';
    await adapter.enqueue([{ jid: "a1", queue: "default", payload }]);
    const lease = await open();
    await fetchOne(lease);

    const [job] = await running(adapter);

    expect(job).toMatchObject({
      identity: "w",
      queueName: "default",
      className: "Visible",
      arguments: [1],
    });
    expect(job?.startedAt.getTime()).toBeCloseTo(Date.now(), -4);
  });
});

async function inRetry(payload: string): Promise<JobEntry> {
  await adapter.enqueue([{ jid: "a1", queue: "default", payload: "{}" }]);
  const lease = await open();
  const job = await fetchOne(lease);
  await lease.exchange([{ job, jid: "a1", kind: "retry", payload, queue: "default", at: FAR }]);
  return entryIn("retry");
}

async function inSet(set: "scheduled" | "dead", payload: string): Promise<JobEntry> {
  await adapter.enqueue([{ jid: "a1", queue: "default", payload, at: FAR }]);
  if (set === "dead") {
    await new JobSet(adapter, "scheduled").kill("a1");
  }
  return entryIn(set);
}

async function entryIn(set: SetName): Promise<JobEntry> {
  const entry = await new JobSet(adapter, set).find("a1");
  expect(entry).toBeDefined();
  return entry!;
}

async function schedule(count: number): Promise<void> {
  const jids = Array.from({ length: count }, (_, index) => `job${index}`);
  await adapter.enqueue(
    jids.map((jid, index) => ({ jid, queue: "default", payload: "{}", at: FAR + index })),
  );
}

async function waiting(): Promise<string | undefined> {
  return (await adapter.store.page({ queue: "default" }, undefined, 1)).jobs[0]?.payload;
}

function open(onWork = (): void => {}): Promise<Lease> {
  return adapter.lease({
    identity: "w",
    ttl: Infinity,
    info: { hostname: "", pid: 0, tag: "", startedAt: 0.5, concurrency: 1, queues: [["*", 1]] },
    state: () => ({ quiet: false, busy: 0 }),
    onWork,
    onDue: () => {},
  });
}

async function fetchOne(lease: Lease) {
  return (await lease.exchange([], { queues: undefined, limit: 1 })).jobs[0]!;
}
