import { describe, expect, it } from "vitest";
import { Command, deadSet, Job, queue, registerCommands, ruby } from "mandate";
import { BesideRuby, cannotRun, errorsIn } from "./beside-ruby.ts";

/** Whatever an argument can be, and what a page might stumble over. */
const arguments_ = [
  ["plain", 1, -2.5, null, true],
  ["</script><b>markup</b>", "é 漢字 🎉", "\u2028", "a\\/b", ""],
  [{ nested: { deeply: [1, [2, { three: [] }]] } }, {}],
  [new Date(1_800_000_000_000), new Map([["key", new Set([1n])]]), undefined, NaN, -0],
  [2n ** 70n, 1e25, Number.MIN_VALUE],
  ["x".repeat(20_000)],
  [],
];

class ShowsUp extends Command.initializeWith((...args: unknown[]) => ({ args })) {
  static override readonly commandName = "Interop::ShowsUp";
  static {
    this.jobOptions({ backtrace: true, tags: ["shown", "tag with <b>"] });
    this.retryIn(() => 3600);
  }

  async call(): Promise<void> {
    if (this.args[0] === "sleep") {
      await new Promise((resolve) => this.signal.addEventListener("abort", resolve));
    }
    throw new Error(`failed with <b>${String(this.args.length)}</b> arguments, é 漢字`);
  }
}

/** As Ruby's MandateJob has it. */
class ForRuby extends Command.initializeWith((name: string, keywords: object) => ({
  name,
  keywords,
})) {
  static override readonly commandName = "Interop::ForRuby";
  static {
    this.jobOptions({ wireFormat: "activejob", backtrace: true });
    this.retryIn(() => 3600);
  }

  call(): void {
    throw new Error("fails here");
  }
}

class DiesAtOnce extends Job {
  static {
    this.retry(0);
  }

  perform(...args: unknown[]): void {
    throw new TypeError(`dies of ${args.length}\nin two lines`);
  }
}

describe.skipIf(cannotRun)("Sidekiq's Web UI", () => {
  it("renders every page over our data, and its API reads all of it", async () => {
    const beside = await BesideRuby.start();
    await fill(beside);

    const { pages } = (await beside.ruby.run("web.rb")) as { pages: Page[] };

    expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
    const kinds = ["/queues/", "/retries/", "/scheduled/", "/morgue/"];
    const detailed = kinds.map((kind) => pages.filter(({ page }) => page.startsWith(kind)).length);
    expect(detailed).toEqual([3, arguments_.length + 1, arguments_.length + 2, arguments_.length]);
    const report = (await beside.ruby.run("inspect.rb")) as {
      dead: { error_backtrace: unknown }[];
    };
    expect(errorsIn(report)).toEqual([]);
    // Without the option: the place.
    expect(report.dead[0]?.error_backtrace).toEqual([
      expect.stringMatching(/^at DiesAtOnce\.perform \(.*web-ui\.test\.ts:\d+:\d+\)$/),
    ]);
  });
});

/** What others may leave in Redis, where a worker finds it. */
const WRAPPER = "ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper";
const texts = ["[1,2]", "42", "null", '"text"', "oops", "", '{"class":', '{"args":[]}', "{}"];
const misfits = {
  created_at: "yesterday",
  enqueued_at: [1],
  failed_at: 1e300,
  retried_at: {},
  tags: "a",
  error_backtrace: "none",
  error_message: { a: 1 },
  encrypt: true,
  queue: 7,
};
const objects = [
  { class: "Nobody", args: [], jid: "0a", ...misfits },
  { class: "Nobody", args: [], jid: "0b", ...misfits, retry: false },
  { class: "Nobody", args: [], jid: "0b", ...misfits, retry_count: 3 },
  { class: "Nobody", args: [], jid: "0c", retry_count: -1 },
  { class: "Nobody", args: "none", jid: 7, ...misfits },
  { class: WRAPPER, args: [7], jid: "0d", wrapped: "X" },
  { class: WRAPPER, jid: "0e" },
];

const left = [...texts, ...objects.map((each) => JSON.stringify(each))];

describe.skipIf(cannotRun)("Sidekiq's Web UI over what others left", () => {
  it("renders every page, once it was due, and once a worker of ours has dealt with it", async () => {
    const beside = await BesideRuby.start();
    const { redis } = beside;
    for (const payload of left) {
      await redis.zadd("schedule", 1, payload);
    }
    await beside.adapter.promoteDue();
    const waiting = await brokenPages(beside);
    for (const payload of left) {
      await redis.lpush("queue:garbage", payload);
    }

    await beside.workOff("garbage", "default");

    expect(waiting).toEqual([]);
    expect(await brokenPages(beside)).toEqual([]);
    expect(await redis.zcard("dead")).toBeGreaterThan(2 * texts.length);
    expect((await redis.zcard("dead")) + (await redis.zcard("retry"))).toBe(2 * left.length);
  });

  it("renders every page after operators moved it", async () => {
    const beside = await BesideRuby.start();
    for (const payload of left) {
      await beside.redis.lpush("queue:garbage", payload);
    }

    const killed = await queue("garbage").killAll();
    const dead = await brokenPages(beside);
    const retried = await deadSet().retryAll();

    expect([killed, dead, retried]).toEqual([left.length, [], left.length]);
    expect(await brokenPages(beside)).toEqual([]);
  });
});

/** Those of Sidekiq's pages that cannot be shown. */
async function brokenPages({ ruby: programs }: BesideRuby): Promise<unknown[]> {
  const { pages } = (await programs.run("web.rb", "--tolerant")) as { pages: Page[] };
  return pages.filter(({ status }) => status !== 200);
}

/** Jobs of every kind in every place, and workers: one that runs a job, and one that is quiet. */
async function fill(beside: BesideRuby): Promise<void> {
  registerCommands(ShowsUp, DiesAtOnce, ForRuby);
  const keywords = { force: true, when: new Date(1_800_000_000_000), rate: ruby.float(1) };
  await ForRuby.set({ queue: "failing" }).defer("fails", keywords);
  await ForRuby.defer("waits", keywords);
  await ForRuby.set({ wait: "1 hour" }).defer("later", keywords);
  for (const args of arguments_) {
    await ShowsUp.set({ queue: "failing" }).defer(...args);
    await DiesAtOnce.set({ queue: "failing", tags: ["dead"] }).performLater(...args);
  }
  await beside.worker({ queues: ["failing"], tag: "first", concurrency: 5 });
  const { redis } = beside;
  await beside.until(async () => {
    const [retries, dead] = [await redis.zcard("retry"), await redis.zcard("dead")];
    return retries === arguments_.length + 1 && dead === arguments_.length;
  });
  const asleep = await ShowsUp.set({ queue: "failing" }).defer("sleep");
  await beside.untilIn("running", asleep.id);
  const quiet = await beside.worker({
    queues: [
      ["low", 3],
      ["failing", 1],
    ],
    tag: "quiet",
  });
  await quiet.quiet();
  for (const args of arguments_) {
    await ShowsUp.defer(...args);
    await ShowsUp.set({ wait: "1 hour" }).defer(...args);
  }
  const waited = await DiesAtOnce.set({ wait: "2 days", queue: "later" }).performLater(
    "waited for",
  );
  await ShowsUp.set({ prereqJobs: [waited] }).defer("blocked");
  await DiesAtOnce.set({ queue: "with.a:name_-" }).performLater("odd queue");
  await beside.until(async () => (await redis.keys("*:work")).length > 0);
}

interface Page {
  readonly page: string;
  readonly status: number;
}
