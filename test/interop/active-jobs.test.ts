import { beforeAll, describe, expect, it } from "vitest";
import { globalId, registerCommands, ruby } from "mandate";
import type { RedisOptions } from "mandate/redis";
import { BesideRuby, cannotRun, type Result } from "./beside-ruby.ts";
import {
  Echo,
  EchoJob,
  FailingJob,
  LineItem,
  LowEcho,
  Post,
  received,
  recordIn,
  User,
} from "./ours.ts";
import { said, saidByRuby } from "./values.ts";

describe.skipIf(cannotRun)("Active Jobs", () => {
  beforeAll(() => {
    registerCommands(Echo, EchoJob, FailingJob, LowEcho);
    globalId.register(User, { find: (id) => new User(id) });
    globalId.register(LineItem, {
      find: (ids: string[]) => new LineItem(ids),
      idOf: ({ ids }) => ids,
    });
    globalId.register(Post, { name: "Blog::Post", find: (id) => new Post(id) });
  });

  it("are performed here with the values that they have in Ruby", async () => {
    const [inRuby, here] = [await start(), await start()];
    const groups = ["active_job", "mandate"];
    const theirs = await inRuby.ruby.enqueue(...groups);
    await inRuby.ruby.workOff("default,low,critical");
    const expected = new Map((await inRuby.results()).map((result) => [result.jid, result]));

    const ours = await here.ruby.enqueue(...groups);
    await here.workOff("default", "low", "critical");

    const compared = Object.entries(theirs).flatMap(([name, jids]) =>
      jids.flatMap((jid, index) => {
        const result = expected.get(jid);
        return result === undefined ? [] : [{ name, result, jid: ours[name]?.[index] ?? "" }];
      }),
    );
    expect(compared.length).toBeGreaterThan(25);
    expect(compared.map(({ name, jid }) => [name, said(received.get(jid))])).toEqual(
      compared.map(({ name, result }) => [name, argumentsOf(result)]),
    );
  });

  it("are performed by Ruby with the values that they were given here", async () => {
    const beside = await start();
    const paris = ruby.timeWithZone(new Date(Date.UTC(2024, 6, 1, 12)), "Europe/Paris");
    const args = [
      1,
      -2,
      3.5,
      ruby.float(1),
      "text",
      null,
      true,
      2n ** 64n,
      -0,
      [1, [ruby.symbol("two"), []]],
      { a: 1, b: { c: [2] } },
      {},
      ruby.hash({ key: "of a symbol" }, "symbols"),
      ruby.duration({ months: 1, hours: 1.5 }),
      ruby.date("2024-02-29"),
      ruby.module("User"),
      new Date(Date.UTC(2024, 1, 29, 12, 34, 56, 789)),
      paris,
      new User("42"),
      { keyword: ruby.symbol("value"), second: { third: "x" } },
    ];

    const job = await EchoJob.performLater(...args);
    const command = await LowEcho.defer("positional", { force: true, label: ruby.symbol("s") });
    await beside.ruby.workOff("default,low");

    const result = await beside.resultOf(job.id);
    expect(result).toMatchObject({
      job: "EchoJob",
      args: [
        1,
        -2,
        { float: "3.5" },
        { float: "1.0" },
        "text",
        null,
        true,
        2n ** 64n,
        { float: "-0.0" },
        [1, [{ symbol: "two" }, []]],
        {
          hash: [
            ["a", 1],
            ["b", { hash: [["c", [2]]] }],
          ],
        },
        { hash: [] },
        { hash: [[{ symbol: "key" }, "of a symbol"]] },
        {
          duration: 2_635_146,
          parts: [
            ["months", 1],
            ["hours", 1.5],
          ],
        },
        { date: "2024-02-29" },
        { module: "User" },
        { time: "2024-02-29T12:34:56.789000000Z" },
        // Before Rails 7.1 it is a Time where the worker has no zone.
        expect.anything(),
        { model: "User", id: "42" },
      ],
      kwargs: {
        hash: [
          [{ symbol: "keyword" }, { symbol: "value" }],
          [{ symbol: "second" }, { hash: [["third", "x"]] }],
        ],
      },
      queue_name: "default",
      executions: 1,
    });
    expect(saidByRuby(result?.args)).toContainEqual({ time: paris.getTime() });
    expect(await beside.resultOf(command.id)).toMatchObject({
      command: "Interop::LowEcho",
      args: ["positional"],
      kwargs: {
        hash: [
          [{ symbol: "force" }, true],
          [{ symbol: "label" }, { symbol: "s" }],
        ],
      },
    });
  });

  it("go on in Ruby when they failed here, and here when they failed in Ruby", async () => {
    const beside = await start();
    const job = await FailingJob.performLater("from here");
    await beside.workOff("default");

    await beside.makeDue("retry");
    const worker = beside.ruby.worker("--queues", "default", "--poll", "0.2");
    await beside.until(async () => (await recordOf(beside, job.id))["retry_count"] === 1);
    await worker.kill();
    const second = await recordOf(beside, job.id);
    await beside.makeDue("retry");
    await beside.worker({ queues: ["default"] });
    await beside.until(async () => (await recordOf(beside, job.id))["retry_count"] === 2);

    expect(second).toMatchObject({ wrapped: "FailingJob", error_message: "from here" });
  });
});

describe.skipIf(cannotRun)("Prerequisites", () => {
  beforeAll(() => registerCommands(Echo, LowEcho));

  it("may be jobs that Ruby enqueued and performs", async () => {
    const beside = await start({ sidekiqHeartbeat: 0.5 });
    const { class_options: [theirs = ""] = [] } = await beside.ruby.enqueue("plain/class_options");
    const ours = await Echo.set({ prereqJobs: [theirs] }).defer("after Ruby's");
    await beside.worker({ queues: ["default"] });
    await beside.until(async () => (await beside.adapter.status(ours.id)) === "blocked");

    await beside.ruby.workOff("low");
    await beside.until(async () => received.has(ours.id));

    const order = (await beside.results()).map(({ jid }) => jid);
    expect(order).toEqual([theirs, ours.id]);
  });

  it("of Ruby's MandateJob are waited for here", async () => {
    const beside = await start();
    const { prereq_jobs: [after = ""] = [] } = await beside.ruby.enqueue("mandate/prereq_jobs");
    await beside.worker({ queues: ["default"] });
    await beside.until(async () => (await beside.adapter.status(after)) === "blocked");

    await beside.worker({ queues: ["low"] });
    await beside.until(async () => received.has(after));

    expect(received.get(after)).toEqual(["after both"]);
    expect((await beside.results()).map(({ jid }) => jid).indexOf(after)).toBe(2);
  });

  it("may be ours, and Ruby waits for them", async () => {
    const beside = await start();
    const ours = await LowEcho.defer("first");
    const { jid } = (await beside.ruby.run("enqueue.rb", "--after", ours.id, "low")) as {
      jid: string;
    };
    const worker = beside.ruby.worker("--queues", "default", "--poll", "0.2");
    await beside.untilIn("retry", jid);
    expect(await recordOf(beside, jid)).toMatchObject({
      error_message: `Unfinished job: ${ours.id}`,
    });

    await beside.workOff("low");
    await beside.makeDue("retry");
    await beside.until(async () => (await beside.resultOf(jid)) !== undefined);
    await worker.kill();

    expect(await beside.resultOf(jid)).toMatchObject({ args: ["after"] });
  });
});

async function start(options: RedisOptions = {}): Promise<BesideRuby> {
  const beside = await BesideRuby.start({}, options);
  recordIn(beside.redis);
  return beside;
}

/** Arguments as a command gets them here: keywords are an object at the end. */
function argumentsOf({ args, kwargs }: Result): unknown[] {
  const positional = saidByRuby(args) as unknown[];
  const keywords = saidByRuby(kwargs) as { hash: unknown[] } | undefined;
  return keywords === undefined || keywords.hash.length === 0
    ? positional
    : [...positional, keywords];
}

/** A job's record in the retry set; `{}` where it is not there. */
async function recordOf(beside: BesideRuby, jid: string): Promise<Record<string, unknown>> {
  const stored = await beside.adapter.store.find({ set: "retry" }, jid);
  return JSON.parse(stored?.payload ?? "{}") as Record<string, unknown>;
}
