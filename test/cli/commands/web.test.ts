import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { RunningProgram } from "../running-program.ts";
import { run } from "./recording-terminal.ts";

vi.setConfig({ testTimeout: 120_000 });

describe.skipIf(missing("redis"))("mandate web", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server?.dispose());

  async function start(...more: string[]): Promise<{ program: RunningProgram; link: string }> {
    const args = ["web", "--port", "0", "--redis-url", server.url, ...more];
    const program = new RunningProgram(args);
    const link = await vi.waitUntil(() => /^Open (\S+)$/m.exec(program.stdout)?.[1], {
      timeout: 60_000,
    });
    return { program, link };
  }

  it("lets in whoever opens its link first, and ends by a signal", async () => {
    const { program, link } = await start("--base-path", "/jobs", "--store", `eu=${server.url}/1`);
    const { origin } = new URL(link);

    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/jobs\/\?token=[\w-]{32}$/);
    expect((await fetch(`${origin}/jobs/`)).status).toBe(403);
    const opened = await fetch(link, { redirect: "manual" });
    expect([opened.status, opened.headers.get("location")]).toEqual([303, "/jobs/"]);
    expect((await fetch(link, { redirect: "manual" })).status).toBe(403);

    const cookie = opened.headers.get("set-cookie")?.split(";")[0] ?? "";
    const page = await fetch(`${origin}/jobs/queues?store=eu`, { headers: { cookie } });
    expect([page.status, (await page.text()).includes(">eu</a>")]).toEqual([200, true]);
    const paused = await fetch(`${origin}/jobs/queues`, {
      method: "POST",
      body: new URLSearchParams({ action: "pause", name: "a" }),
      headers: { cookie, origin },
      redirect: "manual",
    });
    expect(paused.status).toBe(303);

    program.signal("SIGINT");
    expect(await program.exit).toBe(0);
    expect((await run(["queues", "--redis-url", server.url])).lines.join()).toContain("paused");
    const log = await run(["audit", "--redis-url", server.url]);
    expect(log.lines[1]).toMatch(/ago .* queues\.pause +pause a +done +1$/);
    const json = await run(["audit", "-n", "1", "--json", "--redis-url", server.url]);
    expect(JSON.parse(json.lines.join())).toMatchObject({ action: "queues.pause", count: 1 });
  });

  it("changes nothing where it is to look only", async () => {
    const { program, link } = await start("--read-only");
    const { origin } = new URL(link);
    const opened = await fetch(link, { redirect: "manual" });
    const cookie = opened.headers.get("set-cookie")?.split(";")[0] ?? "";

    const answer = await fetch(`${origin}/queues`, {
      method: "POST",
      body: new URLSearchParams({ action: "pause", name: "b" }),
      headers: { cookie, origin },
    });

    expect(answer.status).toBe(403);
    program.signal("SIGTERM");
    expect(await program.exit).toBe(0);
  });

  it.each([
    [["--port", "x"], 'Cannot use "x" as --port: it is no port from 0 to 65535. Write --port 7433'],
    [["--store", "x"], 'Cannot use "x" as --store: it has no name. Write --store eu=redis://…'],
    [
      ["--limit", "x"],
      'Cannot use "x" as --limit: it is no whole number of at least 1. Write --limit 50',
    ],
    [
      ["--base-path", "x"],
      'Cannot show the dashboard: Cannot use "x" as basePath of dashboard: give a path that begins with a slash, such as "/jobs"',
    ],
  ])("refuses %j", async (args, message) => {
    const command = args[0] === "--limit" ? "audit" : "web";
    const { exit, notes } = await run([command, ...args, "--redis-url", server.url]);

    expect(exit).toBe(2);
    expect(notes.join()).toContain(message);
  });

  it("says that its port is taken", async () => {
    const { port } = new URL(server.url);

    const { exit, notes } = await run(["web", "--port", port, "--redis-url", server.url]);

    expect([exit, notes.join()]).toEqual([
      2,
      expect.stringMatching(
        /^mandate: Cannot listen on port \d+: .*EADDRINUSE.* Give another one to --port$/,
      ),
    ]);
  });
});
