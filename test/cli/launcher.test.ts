import { describe, expect, it, onTestFinished, vi } from "vitest";
import { onLauncherGone } from "../../src/cli/launcher.ts";
import { missing } from "../support/requires.ts";
import { commands, RunningProgram, source } from "./running-program.ts";
import { Wait } from "./programs/commands.ts";
import { workersOnRedis } from "./workers-on-redis.ts";

// Each starts a program.
vi.setConfig({ testTimeout: 60_000 });

/** As npx does it: a shell between, which is ended and hands nothing on. */
const byShell = ["sh", "-c", '"$@"; exit', "sh", ...source()] as [string, ...string[]];

describe.skipIf(missing("redis"))("mandate worker, started by npx", () => {
  const workers = workersOnRedis();

  function started(...args: readonly string[]): RunningProgram {
    return new RunningProgram(["worker", "-r", commands, "-t", "0.1", ...args], {
      command: byShell,
      env: { REDIS_URL: workers.url, npm_lifecycle_event: "npx" },
    });
  }

  it("stops, and gives back its jobs, when npx is gone", async () => {
    const program = started();
    const job = await Wait.defer();
    await program.line(/^Waits/);

    program.signal("SIGTERM");

    expect(await program.exit).toBe("SIGTERM");
    expect(program.log.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining([
        "What started this worker is gone: running jobs have 0.1 s to end",
        "Worker stopped",
      ]),
    );
    expect(await job.status()).toBe("enqueued");
  });

  it("stops all its processes", async () => {
    const program = started("--processes", "2");
    await program.lines(/^Worker started/, 2);

    program.signal("SIGTERM");

    expect(await program.exit).toBe("SIGTERM");
    const said = program.log.map(({ msg }) => msg);
    expect(said).toContain("What started this supervisor is gone");
    expect(said.filter((msg) => msg === "Worker stopped")).toHaveLength(2);
  });
});

describe("onLauncherGone", () => {
  it("does not look where another program started this one, and may end before it", () => {
    vi.useFakeTimers();
    vi.stubEnv("npm_lifecycle_event", undefined);
    onTestFinished(() => {
      vi.unstubAllEnvs();
      vi.useRealTimers();
    });

    onLauncherGone(() => undefined);

    expect(vi.getTimerCount()).toBe(0);
  });
});
