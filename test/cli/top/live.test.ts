// mandate top in a pseudo-terminal, as a person sees it.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { root } from "../../repository/program.ts";
import { PseudoTerminal, type PseudoTerminalOptions } from "../../support/pseudo-terminal.ts";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "../commands/jobs-in-redis.ts";
import { environment, RunningProgram, source } from "../running-program.ts";

vi.setConfig({ testTimeout: 60_000 });

describe.skipIf(missing("redis"))("mandate top", () => {
  let jobs: JobsInRedis;

  beforeEach(async () => {
    jobs = await JobsInRedis.start();
  });
  afterEach(() => jobs.dispose());

  function top(options: Partial<PseudoTerminalOptions> = {}): PseudoTerminal {
    const env = { ...environment(), ...options.env };
    const args = ["top", "--interval", "0.1", ...jobs.url] as const;
    return new PseudoTerminal([...source(), ...args], { cwd: root, ...options, env });
  }

  it("shows what there is, and follows it", async () => {
    await jobs.add("queue", 1_234, { queue: "mailers" });
    await jobs.add("retry", 2, { error: "RangeError" });
    await jobs.add("running", 3, { command: "ConvertDocument", queue: "documents" });
    const terminal = top();

    const lines = await terminal.untilSeen(/\d\/s {2}\d+ failed/);
    expect(lines[0]).toMatch(/^mandate top +\d\d:\d\d:\d\d UTC$/);
    expect(lines[2]).toBe("1,234 enqueued, 3/5 busy, 0 scheduled, 2 retry, 0 blocked, 0 dead");
    expect(lines).toContainEqual(expect.stringMatching(/^mailers +1,234 +\d+\.\ds$/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^host:2:abc +3\/5 +[\d.]+ [MG]B +1m4\d+s +default +shop$/),
    );
    expect(lines.filter((line) => /^ConvertDocument +passing-running /.test(line))).toHaveLength(3);
    expect(lines.at(-1)).toMatch(/^q quit/);

    await jobs.add("queue", 1, { queue: "mailers" });
    await terminal.untilSeen(/^mailers +1,235/);
  });

  it.each([
    ["q", "q"],
    ["Ctrl-C", "\u0003"],
  ])("ends by %s, and shows again what was there before", async (_, key) => {
    const terminal = top();
    await terminal.untilSeen(/^q quit/);
    expect(terminal.isTakenOver).toBe(true);

    terminal.type(key);

    expect(await terminal.exit).toBe(0);
    await terminal.settled();
    expect(terminal.isTakenOver).toBe(false);
    expect(terminal.isCursorHidden).toBe(false);
    expect(terminal.lines.join("").trim()).toBe("");
  });

  it.each(["SIGTERM", "SIGHUP"] as const)("gives the terminal back at %s", async (signal) => {
    const terminal = top();
    await terminal.untilSeen(/^q quit/);

    terminal.signal(signal);

    expect(await terminal.exit).toBe(0);
    await terminal.settled();
    expect(terminal.isTakenOver).toBe(false);
    expect(terminal.isCursorHidden).toBe(false);
  });

  it("fits a terminal that becomes another size", async () => {
    for (const name of ["a", "b", "c", "d", "e", "f", "g", "h"]) {
      await jobs.add("queue", 1, { queue: `queue-${name}` });
    }
    const terminal = top();
    await terminal.untilSeen(/^queue-h/);

    terminal.resize(40, 12);
    await terminal.until(
      (lines) =>
        lines.length === 12 &&
        lines.some((line) => /^… \d more$/.test(line)) &&
        /^q quit .*…$/.test(lines.at(-1) ?? ""),
    );

    terminal.resize(100, 30);
    const large = await terminal.until(
      (lines) =>
        lines.length === 30 &&
        lines.some((line) => line.startsWith("queue-h")) &&
        lines.at(-1)?.endsWith("pause or resume it") === true,
    );
    expect(large.filter((line) => line.startsWith("queue-"))).toHaveLength(8);
  });

  it("pauses the selected queue, and resumes it", async () => {
    await jobs.add("queue", 1, { queue: "documents" });
    await jobs.add("queue", 1, { queue: "mailers" });
    const terminal = top();
    await terminal.untilSeen(/^mailers/);

    terminal.type("\u001B[B");
    terminal.type("p");
    await terminal.untilSeen(/^mailers.* paused$/);
    expect(await jobs.adapter.store.pausedQueues()).toEqual(["mailers"]);

    terminal.type("p");
    await terminal.until((lines) => lines.some((line) => /^mailers +1 +\S+$/.test(line)));
    expect(await jobs.adapter.store.pausedQueues()).toEqual([]);
  });

  it("says that Redis is away, and goes on when it is back", async () => {
    await jobs.add("queue", 3, { queue: "mailers" });
    const terminal = top();
    await terminal.untilSeen(/^mailers +3/);

    await jobs.server.kill("SIGTERM");
    const lines = await terminal.untilSeen(/^No answer for .*ECONNREFUSED/);
    expect(lines[0]).toMatch(/ as of \d\d:\d\d:\d\d UTC$/);
    expect(lines).toContainEqual(expect.stringMatching(/^mailers +3/));

    await jobs.server.run();
    await terminal.untilSeen(/^q quit/);
  });

  it.each([
    ["colours on a terminal", undefined, true],
    ["none where NO_COLOR is set", "1", false],
  ])("shows %s", async (_, NO_COLOR, hasColours) => {
    await jobs.add("queue", 1, { queue: "mailers" });
    await jobs.adapter.store.pause("paused");
    const terminal = top({ env: { NO_COLOR } });
    await terminal.untilSeen(/ paused$/);
    await terminal.settled();

    expect(terminal.hasColours).toBe(hasColours);
  });

  it("is refused in one line where there is no terminal", async () => {
    const program = new RunningProgram(["top", ...jobs.url]);

    expect(await program.exit).toBe(2);
    expect(program.said).toEqual([
      "mandate: Cannot show a live view: this is no terminal. Add --once for a single frame",
    ]);
  });
});
