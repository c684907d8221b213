import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { Command, Job, performAllLater, registerCommands, type PreparedJob } from "mandate";
import { BesideRuby, cannotRun } from "./beside-ruby.ts";
import { typescript } from "../repository/typescript/flags.ts";

const COUNT = 10_000;
const RUBY_THREADS = 5;

/** Enqueued here; performed in processes of their own, by either side. */
class CountWorker extends Job {
  perform(_id: string, _flaky?: boolean): void {}
}

class CountJob extends Job {
  static {
    this.jobOptions({ wireFormat: "activejob" });
  }

  perform(_id: string, _keywords: { flaky: boolean }): void {}
}

class CountCommand extends Command.initializeWith((id: string, keywords: { flaky: boolean }) => ({
  id,
  keywords,
})) {
  static override readonly commandName = "Interop::CountCommand";
  static {
    this.jobOptions({ wireFormat: "activejob" });
  }

  call(): void {}
}

function prepareOne(index: number): PreparedJob {
  const id = `typescript ${index}`;
  const flaky = index % 100 === 0;
  switch (index % 3) {
    case 0:
      return CountWorker.prepare(id, flaky);
    case 1:
      return CountJob.prepare(id, { flaky });
    default:
      return CountCommand.prepare(id, { flaky });
  }
}

describe.skipIf(cannotRun)(`${COUNT} jobs of both sides, worked by both`, () => {
  it("are each done once", async () => {
    const many = await Many.start();

    await many.enqueue();
    await many.untilDone();

    const { times, by } = await many.account();
    expect(times).toEqual({ enqueued: COUNT, done: COUNT, lost: [], twice: [] });
    expect(by.ruby).toBeGreaterThan(0);
    expect(by.typescript).toBeGreaterThan(0);
  });

  it("are done when a process of each side is killed half-way, but for what Ruby held", async () => {
    const many = await Many.start();
    const [rubyKilled, ourKilled] = [many.rubyWorkers[0]!, many.ourWorkers[0]!];

    const enqueued = many.enqueue();
    await many.until(async () => (await many.doneCount()) > COUNT / 2);
    ourKilled.kill("SIGKILL");
    await rubyKilled.kill("SIGKILL");
    await enqueued;
    await many.untilDone();

    const { times, begun } = await many.account();
    // A Ruby thread takes a job out of Redis and holds it in memory: killed, it takes the job along. Where it
    // had noted that it began we see it; it may also have been just about to.
    const heldByRuby = begun.filter(({ pid }) => pid === rubyKilled.pid).map(({ jid }) => jid);
    const begunHere = new Set(
      begun.filter(({ side }) => side === "typescript").map(({ jid }) => jid),
    );
    expect(times.enqueued).toBe(COUNT);
    expect(times.lost.length).toBeLessThanOrEqual(RUBY_THREADS + 1);
    expect(times.lost.filter((jid) => begunHere.has(jid) && !heldByRuby.includes(jid))).toEqual([]);
    // At least once: what our killed worker had done and not settled was done again, and nothing else.
    const heldByOurs = begun.filter(({ pid }) => pid === ourKilled.pid).map(({ jid }) => jid);
    expect(times.twice.filter((jid) => !heldByOurs.includes(jid))).toEqual([]);
  });
});

interface Note {
  readonly side: "ruby" | "typescript";
  readonly pid: number;
  readonly jid: string;
}

/** Two Sidekiq processes, two of ours, and what they noted. */
class Many {
  readonly rubyWorkers;
  readonly ourWorkers: readonly ChildProcess[];
  readonly #beside: BesideRuby;
  readonly #jids = new Set<string>();

  static async start(): Promise<Many> {
    const many = new Many(await BesideRuby.start());
    await many.until(async () => (await many.#beside.redis.scard("processes")) === 4);
    return many;
  }

  private constructor(beside: BesideRuby) {
    this.#beside = beside;
    const args = ["--queues", "default", "--concurrency", String(RUBY_THREADS), "--poll", "0.5"];
    this.rubyWorkers = [beside.ruby.worker(...args), beside.ruby.worker(...args)];
    this.ourWorkers = [startOurs(beside.server.url), startOurs(beside.server.url)];
    onTestFinished(() => this.ourWorkers.forEach((worker) => worker.kill("SIGKILL")));
  }

  until(isSo: () => Promise<boolean>): Promise<void> {
    return this.#beside.until(isSo);
  }

  doneCount(): Promise<number> {
    return this.#beside.redis.llen("interop:done");
  }

  /** Half of the jobs by each side, at the same time. */
  async enqueue(): Promise<void> {
    const [ofRuby] = await Promise.all([
      this.#beside.ruby.run("many.rb", String(COUNT / 2)),
      this.#enqueueOurs(),
    ]);
    Object.keys(ofRuby as object).forEach((jid) => this.#jids.add(jid));
  }

  async #enqueueOurs(): Promise<void> {
    registerCommands(CountWorker, CountJob, CountCommand);
    for (let index = 0; index < COUNT / 2; index += 50) {
      const jobs = Array.from({ length: 50 }, (_, at) => prepareOne(index + at));
      const handles = await performAllLater(jobs);
      handles.forEach(({ id }) => this.#jids.add(id));
    }
  }

  /** Nothing waits, and no worker holds anything. Ruby's are asked to end what they run: that shows nowhere else. */
  async untilDone(): Promise<void> {
    await this.#untilEmpty();
    await Promise.all(this.rubyWorkers.map((worker) => worker.kill("SIGTERM")));
    await this.#untilEmpty();
  }

  async #untilEmpty(): Promise<void> {
    const { redis, adapter } = this.#beside;
    await this.until(async () => {
      await this.#beside.makeDue("retry");
      const sizes = [
        await redis.llen("queue:default"),
        await redis.zcard("retry"),
        (await adapter.store.running()).length,
      ];
      return sizes.every((size) => size === 0);
    });
  }

  async account(): Promise<{ times: Times; begun: Note[]; by: Record<Note["side"], number> }> {
    const [done, begun] = [await this.#notes("done"), await this.#notes("begun")];
    const counts = new Map([...this.#jids].map((jid) => [jid, 0]));
    done.forEach(({ jid }) => counts.set(jid, (counts.get(jid) ?? 0) + 1));
    const jidsDone = (isSo: (count: number) => boolean): string[] =>
      [...counts].filter(([, count]) => isSo(count)).map(([jid]) => jid);
    return {
      times: {
        enqueued: this.#jids.size,
        done: jidsDone((count) => count > 0).length,
        lost: jidsDone((count) => count === 0),
        twice: jidsDone((count) => count > 1),
      },
      begun,
      by: {
        ruby: done.filter(({ side }) => side === "ruby").length,
        typescript: done.filter(({ side }) => side === "typescript").length,
      },
    };
  }

  async #notes(list: "begun" | "done"): Promise<Note[]> {
    const lines = await this.#beside.redis.lrange(`interop:${list}`, 0, -1);
    return lines.map((line) => {
      const [side, pid, jid] = JSON.parse(line) as [Note["side"], number, string];
      return { side, pid, jid };
    });
  }
}

interface Times {
  readonly enqueued: number;
  readonly done: number;
  readonly lost: readonly string[];
  readonly twice: readonly string[];
}

function startOurs(url: string): ChildProcess {
  const program = fileURLToPath(new URL("programs/worker.ts", import.meta.url));
  return spawn(process.execPath, [...typescript, program], {
    env: { ...process.env, REDIS_URL: url, LEASE_TTL: "3" },
    stdio: ["ignore", "ignore", "inherit"],
  });
}
