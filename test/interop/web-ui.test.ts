import { describe, expect, it } from "vitest";
import { Command, Job, registerCommands, ruby } from "mandate";
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
    this.jobOptions({ backtrace: 5 });
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
    expect(errorsIn(await beside.ruby.run("inspect.rb"))).toEqual([]);
  });
});

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
