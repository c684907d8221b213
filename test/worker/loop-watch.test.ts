import { Command, registerCommands } from "mandate";
import { Worker } from "mandate/worker";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { FetchedJob } from "../../src/adapters/adapter.ts";
import { settings } from "../../src/job/settings/settings.ts";
import { LoopWatch } from "../../src/worker/loop-watch.ts";
import type { RunningNow } from "../../src/worker/running-now.ts";
import { Log } from "./log.ts";
import { memory } from "./running.ts";

/** Holds the event loop, as a computation does. */
function block(seconds: number): void {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end);
}

class Compute extends Command {
  call(): void {
    block(0.3);
  }
}

/** Computes in its second step, while others wait. */
class ComputeLater extends Command {
  async call(): Promise<void> {
    await sleep(100);
    block(0.3);
    await sleep(100);
  }
}

class Quick extends Command {
  call(): void {}
}

async function working(blockedAfter: number): Promise<Log> {
  const log = new Log();
  const adapter = memory();
  Object.assign(settings(), {
    adapter,
    enqueueMiddleware: [],
    performMiddleware: [],
    reloading: true,
  });
  registerCommands(Compute, ComputeLater, Quick);
  const worker = new Worker({ adapter, logger: log, blockedAfter });
  onTestFinished(() => worker.stop());
  await worker.start();
  return log;
}

function watch(running: readonly RunningNow[], threshold = 1): { log: Log; watched: LoopWatch } {
  const log = new Log();
  const watched = new LoopWatch({ threshold, running: () => running, logger: log });
  watched.start();
  onTestFinished(() => watched.stop());
  return { log, watched };
}

function running(name: string, seconds: number): RunningNow {
  return { jid: `${name}-jid`, name, queue: "default", seconds } as RunningNow;
}

/** Another time where a busy machine held up the loop for longer than the job: then that is not the reason. */
async function untilBlocked(
  log: Log,
  defer: () => Promise<{ readonly id: string }>,
): Promise<{ readonly id: string; readonly line: Awaited<ReturnType<Log["line"]>> }> {
  const told = log.line(/^The event loop was blocked/);
  for (;;) {
    const { id } = await defer();
    const line = await Promise.race([told, sleep(2_000)]);
    if (line !== undefined) return { id, line };
  }
}

describe("LoopWatch", () => {
  it("names the job that computed for long", async () => {
    const log = await working(0.2);

    await Quick.defer();
    const { id, line } = await untilBlocked(log, () => Compute.defer());
    const { level, message, fields } = line;

    expect(level).toBe("warn");
    expect(message).toMatch(
      new RegExp(
        `^The event loop was blocked for 0\\.\\d s, most likely by Compute \\(${id}\\): no other job went on ` +
          "meanwhile\\. Compute in a worker thread, or in steps with an await between them$",
      ),
    );
    expect(fields["blockedFor"]).toBeGreaterThanOrEqual(0.2);
  });

  it("names a job that goes on after it computed", async () => {
    const log = await working(0.2);

    const { id, line } = await untilBlocked(log, () => ComputeLater.defer());

    expect(line.message).toContain(`most likely by ComputeLater (${id}): `);
  });

  it("counts those that it does not name", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { log } = watch(Array.from({ length: 7 }, (_, index) => running(`Job${index}`, 5)));

    late(3);

    expect(log.messages("warn")).toEqual([
      expect.stringMatching(
        /most likely by Job0 \(Job0-jid\) or .* or Job4 \(Job4-jid\) and 2 more: /,
      ),
    ]);
  });

  it("says nothing of a loop that no job can have blocked", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { log, watched } = watch([running("Young", 0.5)]);
    watched.ended(job("Short"), 1.5);

    late(3);

    expect(log.lines).toEqual([]);
  });

  it("does not suspect a job that ended before the last look", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { log, watched } = watch([]);
    watched.ended(job("Early"), 5);

    vi.advanceTimersByTime(250);
    late(3);

    expect(log.lines).toEqual([]);
  });

  it("says nothing where it is told never to", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { log } = watch([running("Long", 100)], Infinity);

    late(50);

    expect(log.lines).toEqual([]);
  });
});

/** The next timer rings so many seconds after its time. */
function late(seconds: number): void {
  const { now } = performance;
  const spy = vi
    .spyOn(performance, "now")
    .mockImplementation(() => now.call(performance) + seconds * 1000);
  vi.advanceTimersByTime(250);
  spy.mockRestore();
}

function job(name: string): FetchedJob {
  return {
    queue: "default",
    payload: JSON.stringify({ class: "MandateJob", args: [name], jid: `${name}-jid` }),
    recoveries: 0,
  };
}
