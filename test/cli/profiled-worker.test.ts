import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { profiles } from "mandate";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { missing } from "../support/requires.ts";
import { Wait } from "./programs/commands.ts";
import { workersOnRedis } from "./workers-on-redis.ts";

// Each starts two programs, and waits for a lease to run out.
vi.setConfig({ testTimeout: 60_000 });

describe.skipIf(missing("redis"))("a worker that is killed while it profiles", () => {
  const { start } = workersOnRedis();

  it("leaves nothing of it, and the job is profiled where it runs again", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mandate-profiled-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const config = join(folder, "mandate.config.mjs");
    writeFileSync(config, "export default { leaseTtl: 1 };");
    const killed = start("-C", config);
    const job = await Wait.set({ profile: "waits" }).defer();
    await killed.line(/^Waits/);

    killed.signal("SIGKILL");
    await killed.exit;
    const left = await profiles();
    const other = start("-C", config);
    await other.line(/^Waits/);
    other.signal("SIGUSR2");
    await other.line(/^Kept a profile of Wait: waits-/);
    other.signal("SIGTERM");

    expect(await other.exit).toBe(0);
    expect(left).toEqual([]);
    expect(await job?.status()).toBe("finished");
    expect(await profiles()).toMatchObject([{ jid: job?.id, className: "Wait", name: "waits" }]);
  });
});
