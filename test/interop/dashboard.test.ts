// The dashboard beside Sidekiq's own: check 25 of docs/dashboard.md, "What is tested".
import { describe, expect, it, onTestFinished } from "vitest";
import { Command, Job, registerCommands } from "mandate";
import { TestLease } from "../../src/adapter-contract/test-lease.ts";
import { jsonOf, run } from "../cli/commands/recording-terminal.ts";
import { SidekiqWeb } from "../support/sidekiq-web.ts";
import { Visitor } from "../web/visitor.ts";
import { BesideRuby, cannotRun } from "./beside-ruby.ts";

class Fails extends Command.initializeWith((number: number | bigint) => ({ number })) {
  static {
    this.queueAs("failing");
    this.retryIn(() => 3_600);
  }

  call(): void {
    throw new RangeError(`no ${this.number}`);
  }
}

class Dies extends Job {
  static {
    this.queueAs("failing");
    this.retry(0);
  }

  perform(): void {
    throw new TypeError("dead at once");
  }
}

class Waits extends Command.initializeWith((number: number | bigint) => ({ number })) {
  call(): void {}
}

/** What both count, by Sidekiq's names. */
interface Counts {
  readonly processed: number;
  readonly failed: number;
  readonly busy: number;
  readonly processes: number;
  readonly enqueued: number;
  readonly scheduled: number;
  readonly retries: number;
  readonly dead: number;
}

const [MANY, DEEP] = [3, 40];

describe.skipIf(cannotRun)("the dashboard beside Sidekiq's", () => {
  it("25: counts, lists and writes what Sidekiq's pages and the program do", async () => {
    const { beside, ours, theirs } = await bothOver(async (on) => {
      for (let index = 0; index < MANY; index += 1) await Fails.defer(index);
      await Dies.performLater();
      await on.workOff("failing");
      await Waits.set({ queue: "slow" }).defer(1);
      const lease = await TestLease.open(on.adapter, { identity: "busy:1:a", ttl: 60 });
      onTestFinished(() => lease.close());
      await lease.fetchOne("slow");
      lease.state = { quiet: false, busy: 1 };
      // Sidekiq's pages count what workers last said of themselves.
      await lease.renew();
      for (let index = 0; index < DEEP; index += 1) await Waits.defer(index);
      await Waits.set({ wait: "1 hour" }).defer(2n ** 63n - 1n);
    });

    const counts: Counts = {
      processed: MANY + 1,
      failed: MANY + 1,
      busy: 1,
      processes: 1,
      enqueued: DEEP,
      scheduled: 1,
      retries: MANY,
      dead: 1,
    };
    const { sidekiq } = JSON.parse(await theirs.get("/stats")) as { sidekiq: Counts };
    expect(sidekiq).toMatchObject(counts);
    const overview = await ours.json<Record<string, number>>("/");
    expect(named(overview)).toEqual(counts);
    const [program = {}] = jsonOf(
      await run(["stats", "--json", "--redis-url", beside.server.url]),
    ) as Record<string, number>[];
    expect(named(program)).toEqual(counts);

    // Each list is as long as that, here and there.
    const queues = await ours.json<{ queues: { name: string; size: number }[] }>("/queues");
    const lengths = Object.fromEntries(
      queues.queues.filter(({ size }) => size > 0).map(({ name, size }) => [name, size]),
    );
    const theirLengths = JSON.parse(await theirs.get("/stats/queues")) as Record<string, number>;
    expect(lengths).toEqual({ default: DEEP });
    expect(theirLengths).toMatchObject(lengths);
    const pages = [
      ["retry", "/retries", MANY],
      ["dead", "/morgue", 1],
      ["scheduled", "/scheduled", 1],
    ] as const;
    for (const [place, page, count] of pages) {
      const jids = await listed(ours, place);
      expect([place, jids.length]).toEqual([place, count]);
      const text = await theirs.get(page);
      expect(jids.filter((jid) => !text.includes(jid))).toEqual([]);
    }
    expect((await listed(ours, "queue")).length).toBe(DEEP);
    // Whole, where a double would round it.
    const int64 = "9223372036854775807";
    const [jid = ""] = await listed(ours, "scheduled");
    expect(await theirs.get("/scheduled")).toContain(int64);
    expect((await ours.get("/jobs?place=scheduled")).text).toContain(int64);
    expect((await ours.get(`/jobs/j?jid=${jid}`)).text).toContain(int64);
  });

  it("25: sees what is done on Sidekiq's pages, and is seen there", async () => {
    const ids: string[] = [];
    const { beside, ours, theirs } = await bothOver(async (on) => {
      for (let index = 0; index < 6; index += 1) ids.push((await Fails.defer(index)).id);
      await on.workOff("failing");
      for (let index = 0; index < 2; index += 1) {
        ids.push((await Waits.set({ wait: "1 hour" }).defer(index)).id);
        ids.push((await Waits.defer(index)).id);
      }
    });
    const [r1 = "", r2 = "", r3 = "", r4 = "", r5 = "", r6 = "", s1 = "", q1 = "", s2 = ""] = ids;
    const q2 = ids[9] ?? "";

    // Theirs, and what ours says then.
    for (const [button, jid] of [
      ["retry", r1],
      ["kill", r2],
      ["delete", r3],
    ] as const) {
      const key = await theirs.keyOf("/retries", jid);
      await theirs.post("/retries", "/retries", { "key[]": key, [button]: "yes" });
    }
    const dead = `/morgue/${await theirs.keyOf("/morgue", r2)}`;
    await theirs.post(dead, dead, { retry: "yes" });
    const scheduled = await theirs.keyOf("/scheduled", s1);
    await theirs.post("/scheduled", "/scheduled", { "key[]": scheduled, add_to_queue: "yes" });
    const payloads = await beside.redis.lrange("queue:default", 0, -1);
    const payload = payloads.find((each) => each.includes(q1)) ?? "";
    await theirs.post("/queues/default", "/queues/default/delete", {
      key_val: payload,
      delete: "yes",
    });
    expect(await places(ours, [r1, r2, r3, s1, q1])).toEqual([
      "queue",
      "queue",
      undefined,
      "queue",
      undefined,
    ]);

    // Ours, and what theirs says then.
    await ours.done("/jobs", { action: "retry", jid: r4 });
    await ours.done("/jobs", { action: "kill", jid: r5 });
    await ours.done("/jobs", { action: "delete", jid: [r6, q2] });
    await ours.done("/jobs", { action: "promote", jid: s2 });
    const pages = ["/retries", "/morgue", "/scheduled", "/queues/failing", "/queues/default"];
    const texts = await inTurn(pages, (page) => theirs.get(page));
    const [retries = "", morgue = "", later = "", failing = "", standing = ""] = texts;
    expect([r4, r5, r6].filter((jid) => retries.includes(jid))).toEqual([]);
    expect([morgue.includes(r5), later.includes(s2), standing.includes(q2)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([failing.includes(r4), standing.includes(s2)]).toEqual([true, true]);

    // All at once, each on what the other left.
    await ours.done("/jobs", { all: "retry", place: "dead" });
    expect(await theirs.get("/morgue")).not.toContain(r5);
    await theirs.post("/queues", "/queues/failing", { delete: "yes" });
    expect(await places(ours, [r1, r4, r5])).toEqual([undefined, undefined, undefined]);
  });
});

interface Both {
  readonly beside: BesideRuby;
  readonly ours: Visitor;
  readonly theirs: SidekiqWeb;
}

/** Ruby takes its time to start: the store is filled meanwhile. */
async function bothOver(fill: (beside: BesideRuby) => Promise<void>): Promise<Both> {
  const beside = await BesideRuby.start();
  registerCommands(Fails, Dies, Waits);
  const [theirs] = await Promise.all([SidekiqWeb.start(beside.server.url), fill(beside)]);
  onTestFinished(() => theirs[Symbol.asyncDispose]());
  return { beside, ours: new Visitor(), theirs };
}

/** Ours by Sidekiq's names. */
function named(counts: Readonly<Record<string, unknown>>): Counts {
  const { processed, failed, running: busy, processes, enqueued, scheduled, dead } = counts;
  const { retry: retries } = counts;
  return { processed, failed, busy, processes, enqueued, scheduled, retries, dead } as Counts;
}

async function listed(ours: Visitor, place: string): Promise<string[]> {
  const { jobs } = await ours.json<{ jobs: { jid: string }[] }>(`/jobs?place=${place}&size=200`);
  return jobs.map(({ jid }) => jid);
}

/** Where our pages say that they are. */
async function places(ours: Visitor, jids: readonly string[]): Promise<(string | undefined)[]> {
  const jobs = await inTurn(jids, (jid) => ours.json<{ place?: string }>(`/jobs/j?jid=${jid}`));
  return jobs.map(({ place }) => place);
}

async function inTurn<Item, Value>(
  items: readonly Item[],
  read: (item: Item) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  for (const item of items) values.push(await read(item));
  return values;
}
