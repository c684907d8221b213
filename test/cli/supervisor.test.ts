import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { missing } from "../support/requires.ts";
import { Greet, Hang, Wait } from "./programs/commands.ts";
import { ask, scrape, untilAnswered } from "./asking.ts";
import { gone, type LogLine } from "./running-program.ts";
import { workersOnRedis } from "./workers-on-redis.ts";

// Each starts three programs, and some two more.
vi.setConfig({ testTimeout: 120_000 });

const READY = /^Worker started/;
const BANNER = /^mandate [\d.]+$/;

describe.skipIf(missing("redis"))("mandate worker --processes", () => {
  const { start } = workersOnRedis();

  it("starts so many, and stops them when told to", async () => {
    const program = start("--processes", "2", "-c", "1");

    await program.lines(READY, 2);
    const banners = await program.lines(BANNER, 2);
    await Promise.all([Wait.defer(), Wait.defer()]);
    await program.lines(/^Waits/, 2);
    program.signal("SIGTERM");
    await program.lines(/^Told to stop/, 3);
    pidsOf(banners).forEach((pid) => process.kill(pid, "SIGUSR2"));

    expect(await program.exit).toBe(0);
    expect(banners.map((line) => line["process"])).toEqual([1, 2]);
    expect(program.log.filter(({ msg }) => msg === "Released")).toHaveLength(2);
    await Promise.all(pidsOf(banners).map(gone));
  });

  it("gives each worker of a Solid Queue file a process of its own, and says once what it cannot keep", async () => {
    const file = fileURLToPath(new URL("../fixtures/solid-queue-yml/workers.yml", import.meta.url));
    const program = start("-C", file);

    await program.lines(READY, 2);
    const banners = await program.lines(BANNER, 2);
    await Greet.set({ queue: "real_time" }).defer("everybody");
    await program.line(/^Hello everybody/);
    program.signal("SIGTERM");

    expect(await program.exit).toBe(0);
    expect(banners).toMatchObject([
      { process: 1, queues: ["default"], concurrency: 3 },
      { process: 2, queues: ["real_time", "back*"], concurrency: 5 },
    ]);
    expect(program.log.filter(({ level }) => level === "warn").map(({ msg }) => msg)).toEqual([
      `${file}:5: "fibers" is no setting of a worker, and has no effect. Those are queues, threads and processes`,
    ]);
  });

  it("starts another for one that was killed", async () => {
    const program = start("--processes", "2");
    await program.lines(READY, 2);
    const [killed = 0] = pidsOf(await program.lines(BANNER, 2));

    process.kill(killed, "SIGKILL");
    const ended = await program.line(/^Process 1 /);
    const again = await program.line(/^Starting another/);
    const banners = await program.lines(BANNER, 3);
    await program.lines(READY, 3);
    await Greet.defer("everybody");
    await program.line(/^Hello everybody/);
    program.signal("SIGTERM");

    expect(await program.exit).toBe(0);
    expect(ended).toMatchObject({ level: "warn", pid: killed, how: "SIGKILL" });
    expect(again).toMatchObject({ process: 1, pause: 0.5 });
    expect(banners.map((line) => line["process"])).toEqual([1, 2, 1]);
  });

  it("leaves no orphan when it is killed", async () => {
    const program = start("--processes", "2");
    await program.lines(READY, 2);
    const pids = pidsOf(await program.lines(BANNER, 2));

    program.signal("SIGKILL");

    // Its log is closed when the last process that writes to it has ended.
    expect(await program.exit).toBe("SIGKILL");
    await Promise.all(pids.map(gone));
    expect(
      program.log.map(({ msg }) => msg).filter((msg) => msg.startsWith("The supervisor")),
    ).toEqual([
      "The supervisor is gone: running jobs have 25 s to end",
      "The supervisor is gone: running jobs have 25 s to end",
    ]);
  });

  it("leaves no orphan that never lets go of its event loop either", async () => {
    const program = start("--processes", "1", "-t", "0", "-q", "orphaned");
    const pids = pidsOf(await program.lines(BANNER, 1));
    await Hang.set({ queue: "orphaned" }).defer();
    await program.line(/^Hangs/);

    program.signal("SIGKILL");

    expect(await program.exit).toBe("SIGKILL");
    await Promise.all(pids.map(gone));
  });

  it("kills what does not stop in time, and says so by its exit code", async () => {
    const program = start("--processes", "1", "-t", "0", "-q", "hanging");
    await Hang.set({ queue: "hanging" }).defer();
    await program.line(/^Hangs/);

    program.signal("SIGTERM");

    expect(await program.exit).toBe(1);
    expect(program.log.map(({ msg }) => msg)).toContain(
      "Killing the processes that did not stop in time",
    );
  });

  // These serve one queue: what was killed above while it spun comes back to the others, a minute later.
  it("hands SIGTSTP and SIGTTIN on", async () => {
    const program = start("--processes", "2", "-q", "calm");
    await program.lines(READY, 2);

    program.signal("SIGTTIN");
    await program.lines(/^What runs here/, 2);
    program.signal("SIGTSTP");
    await program.lines(/^Worker is quiet/, 2);
    program.signal("SIGTERM");

    expect(await program.exit).toBe(0);
  });

  it("tells of the health of all", async () => {
    const program = start("--processes", "2", "-q", "calm", "--health", "0");
    const { port } = (await program.line(/^Tells of its health/)) as LogLine & { port: number };
    const atFirst = await ask(port, "ready");

    await program.lines(READY, 2);
    // Its processes report each second.
    await untilAnswered(port, "ready", 200);
    const live = await ask(port, "live");
    program.signal("SIGTERM");

    expect([atFirst, live]).toEqual([503, 200]);
    expect(await program.exit).toBe(0);
  });

  it("shows Prometheus what all did, and each thing in the store once", async () => {
    const program = start("--processes", "2", "-c", "1", "-q", "shared", "--health", "0");
    const { port } = (await program.line(/^Tells of its health/)) as LogLine & { port: number };
    await program.lines(READY, 2);
    const held = await Promise.all([1, 2].map(() => Wait.set({ queue: "shared" }).defer()));
    await program.lines(/^Waits/, 2);
    await Greet.set({ queue: "waiting" }).defer("nobody");

    const metrics = await scrape(port);
    pidsOf(await program.lines(BANNER, 2)).forEach((pid) => process.kill(pid, "SIGUSR2"));
    program.signal("SIGTERM");

    expect(held).toHaveLength(2);
    expect(metrics).toMatchObject({
      'mandate_wait_seconds_count{queue="shared"}': 2,
      'mandate_queue_depth{queue="waiting"}': 1,
      mandate_processes: 2,
    });
    expect(await program.exit).toBe(0);
  });

  it("ends as its first process did, where that never got to work", async () => {
    const program = start("--processes", "3", "--redis-url", "redis://127.0.0.1:1");

    expect(await program.exit).toBe(1);
    expect(program.log.filter(({ msg }) => msg.startsWith("Ended by a failure"))).toHaveLength(1);
  });
});

function pidsOf(banners: readonly LogLine[]): number[] {
  return banners.map(({ pid }) => pid as number);
}
