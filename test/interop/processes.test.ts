import { describe, expect, it } from "vitest";
import { processes, quietProcess, running, stats, stopProcess } from "mandate";
import { run } from "../cli/commands/recording-terminal.ts";
import { BesideRuby, cannotRun } from "./beside-ruby.ts";

describe.skipIf(cannotRun)("Ruby's processes", () => {
  // One test for all: they tell what they run, and take signals, with their heartbeats.
  it("are seen with what they run, and obey our quiet and stop", async () => {
    const beside = await BesideRuby.start();
    const { adapter, server } = beside;
    const sleep = ["enqueue.rb", "--command", "Interop::Sleep", "[120]"] as const;
    const { jid } = (await beside.ruby.run(...sleep)) as { jid: string };
    const ruby = beside.ruby.worker("--queues", "critical,default", "--timeout", "1");
    // It tells what it runs, and then how much that is.
    await beside.until(async () => (await processes()).some(({ busy }) => busy === 1));
    const [{ identity } = { identity: "" }] = await processes();
    const url = ["--redis-url", server.url];

    expect(await processes()).toMatchObject([
      { library: "sidekiq", pid: ruby.pid, concurrency: 2, busy: 1, quiet: false },
    ]);
    expect(await running()).toMatchObject([
      { id: jid, identity, library: "sidekiq", className: "Interop::Sleep", queueName: "default" },
    ]);
    expect(await stats()).toMatchObject({ processes: 1, running: 1 });
    const listed = await run(["processes", ...url]);
    expect(listed.lines[1]).toMatch(/^\S+ +1\/2 +\S+ +\S+ +critical default +Sidekiq$/);
    const shown = await run(["jobs", "show", jid, ...url]);
    expect(shown.lines.join("\n")).toContain(`${identity} (Sidekiq)`);
    const cancelled = await run(["jobs", "cancel", jid, "--yes", ...url]);
    expect([cancelled.exit, cancelled.notes]).toEqual([
      1,
      [
        `Cannot cancel job ${jid}: its place is running. A Ruby process holds it and cannot be told: ` +
          "wait, or stop that process",
      ],
    ]);

    expect(await quietProcess(identity)).toBe(true);
    await beside.until(async () => (await processes(adapter)).some(({ quiet }) => quiet));
    expect(await stopProcess(identity)).toBe(true);
    await ruby.ended();

    expect(await processes()).toEqual([]);
    expect(await beside.placeOf(jid)).toBe("queue:default");
    expect(await stopProcess(identity)).toBe(false);
  });
});
