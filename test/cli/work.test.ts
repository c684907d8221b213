import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ownVersion } from "../../src/cli/version.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { Greet, Leave, Tick, Wait } from "./programs/commands.ts";
import { ask, scrape, untilAnswered } from "./asking.ts";
import { commands, RunningProgram, type LogLine } from "./running-program.ts";
import { workersOnRedis } from "./workers-on-redis.ts";

// Each starts a program.
vi.setConfig({ testTimeout: 60_000 });

describe.skipIf(missing("redis"))("mandate worker", () => {
  const workers = workersOnRedis();
  const { start } = workers;

  it("says what it is, works, and stops when told to by SIGTERM", async () => {
    const program = start(
      "-q",
      "critical,2",
      "-q",
      "default",
      "-c",
      "3",
      "-e",
      "test",
      "-g",
      "blue",
    );

    const banner = await program.line(/^mandate /);
    await program.line(/^Worker started/);
    await Greet.defer("you");
    await program.line(/^Hello you/);
    program.signal("SIGTERM");

    expect(await program.exit).toBe(0);
    expect(banner).toEqual({
      time: expect.any(String) as string,
      level: "info",
      msg: `mandate ${ownVersion()}`,
      node: process.version,
      redis: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      url: workers.url,
      environment: "test",
      queues: ["critical,2", "default"],
      concurrency: 3,
      tag: "blue",
      pid: program.pid,
    });
    expect(program.log.map(({ msg }) => msg).slice(-3)).toEqual([
      "Told to stop by SIGTERM: running jobs have 25 s to end",
      "Worker is quiet: it fetches no more jobs",
      "Worker stopped",
    ]);
  });

  it("lets a running job end when told to stop", async () => {
    const program = start();
    const job = await Wait.defer();
    await program.line(/^Waits/);

    program.signal("SIGINT");
    await program.line(/^Told to stop by SIGINT/);
    program.signal("SIGUSR2");

    expect(await program.exit).toBe(0);
    expect(program.log.map(({ msg }) => msg)).toContain("Released");
    expect(await job?.status()).toBe("finished");
  });

  it("gives back a job that takes longer than the timeout", async () => {
    const program = start("-t", "0.1");
    const job = await Wait.defer();
    await program.line(/^Waits/);

    program.signal("SIGTERM");

    expect(await program.exit).toBe(0);
    expect(await job?.status()).toBe("enqueued");
  });

  it("fetches no more after SIGTSTP, and stays until it is told to stop", async () => {
    const program = start();
    await Wait.defer();
    await program.line(/^Waits/);

    program.signal("SIGTSTP");
    await program.line(/^Worker is quiet/);
    const late = await Greet.defer("later");
    program.signal("SIGUSR2");
    await program.line(/^Performed Wait/);
    program.signal("SIGTERM");

    expect(await program.exit).toBe(0);
    expect(await late?.status()).toBe("enqueued");
  });

  it("is quieted and stopped through Sidekiq's API", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mandate-config-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const config = join(folder, "mandate.config.mjs");
    // The shorter a lease, the more often operators are heard.
    writeFileSync(config, "export default { leaseTtl: 1 };");
    const client = new Redis(workers.url);
    onTestFinished(() => client.disconnect());
    const program = start("-C", config, "-g", "told");
    await program.line(/^Worker started/);
    const identity = await identityOf(client, program.pid);

    await client.lpush(`${identity}-signals`, "TSTP");
    await program.line(/^Worker is quiet/);
    const late = await Greet.defer("later");
    await client.lpush(`${identity}-signals`, "TERM");

    expect(await program.exit).toBe(0);
    expect(program.log.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(["An operator sent TSTP", "An operator sent TERM", "Worker stopped"]),
    );
    expect(await late?.status()).toBe("enqueued");
    expect(await client.smembers("processes")).not.toContain(identity);
  });

  it("lists what runs on SIGTTIN", async () => {
    const program = start();
    const job = await Wait.defer();
    await program.line(/^Waits/);

    program.signal("SIGTTIN");
    const summary = await program.line(/^What runs here/);
    const line = await program.line(/^Runs Wait for/);
    program.signal("SIGUSR2");
    program.signal("SIGTERM");

    expect(summary).toMatchObject({ running: 1 });
    expect(line).toMatchObject({ jid: job?.id, name: "Wait", queue: "default" });
    expect(await program.exit).toBe(0);
  });

  it("ends at once on a second SIGINT, with another exit code", async () => {
    // In a queue of its own, as no other program shall take it over.
    const program = start("-q", "ticking");
    await Tick.set({ queue: "ticking" }).defer();
    await program.line(/^Ticks/);

    program.signal("SIGINT");
    // Those that come too soon after the first are taken for the same.
    let ended = false;
    const exit = program.exit.finally(() => (ended = true));
    for (let ticks = 1; !ended; ticks += 1) {
      await Promise.race([exit, program.lines(/^Tick$/, ticks)]).catch(() => undefined);
      program.signal("SIGINT");
    }

    expect(await exit).toBe(130);
    const said = program.log.map(({ msg }) => msg);
    expect(said).not.toContain("Worker stopped");
    expect(said).toContain("Ends at once: others take what runs here when its lease runs out");
  });

  it("stops while it starts", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    silent.on("connection", (socket) => socket.unref());
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const connected = once(silent, "connection");
    const { port } = silent.address() as AddressInfo;
    const program = start("--redis-url", `redis://127.0.0.1:${port}`);
    await Promise.race([connected, program.exit]);

    program.signal("SIGTERM");

    expect(await program.exit).toBe(0);
  });

  it("shows Prometheus what it did, at its health port", async () => {
    const program = start("--health", "0");
    const { port } = (await program.line(/^Tells of its health/)) as LogLine & { port: number };
    await program.line(/^Worker started/);
    await Greet.defer("you");
    await program.line(/^Performed Greet/);

    const metrics = await scrape(port);
    program.signal("SIGTERM");

    expect(metrics).toMatchObject({
      'mandate_runs_total{command="Greet",outcome="done"}': 1,
      'mandate_set_size{set="dead"}': 0,
      mandate_processes: 1,
    });
    expect(await program.exit).toBe(0);
  });

  it("tells of its health by HTTP", async () => {
    const program = start("--health", "0");
    const { port } = (await program.line(/^Tells of its health/)) as LogLine & { port: number };

    await program.line(/^Worker started/);
    const [live, ready] = await Promise.all([ask(port, "live"), ask(port, "ready")]);
    await Wait.defer();
    await program.line(/^Waits/);
    program.signal("SIGTERM");
    await program.line(/^Told to stop/);
    const [liveThen, readyThen] = await Promise.all([ask(port, "live"), ask(port, "ready")]);
    program.signal("SIGUSR2");

    expect([live, ready]).toEqual([200, 200]);
    expect([liveThen, readyThen]).toEqual([200, 503]);
    expect(await program.exit).toBe(0);
  });

  it("touches a file while it is live, and removes it at its end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mandate-health-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "live");
    const program = start("--health", file);

    await program.line(/^Worker started/);
    const isThere = statSync(file).isFile();
    program.signal("SIGTERM");
    await program.exit;

    expect(isThere).toBe(true);
    expect(() => statSync(file)).toThrow("ENOENT");
  });

  it("says that a health port is taken, and ends with 1", async () => {
    const taken = createServer().listen(0);
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;

    const program = start("--health", String(port));

    expect(await program.exit).toBe(1);
    expect(program.log).toMatchObject([
      {
        msg:
          "Ended by a failure: Cannot tell of the worker's health: listen EADDRINUSE: address already " +
          `in use :::${port}. Give another port to --health`,
      },
    ]);
  });

  it("works as a Sidekiq file says", async () => {
    const file = fileURLToPath(new URL("../fixtures/sidekiq-yml/plugins.yml", import.meta.url));
    const program = start("-C", file, "-c", "4");

    const banner = await program.line(/^mandate /);
    const unused = await program.line(/^Some settings/);
    await Greet.defer("Ruby");
    await program.line(/^Hello Ruby/);
    program.signal("SIGTERM");

    expect(banner).toMatchObject({ queues: ["default"], concurrency: 4, config: file });
    expect(unused).toMatchObject({
      level: "warn",
      msg: "Some settings of plugins.yml are Ruby's, and not used here",
      unused: ["logfile", "pidfile", "require", "limits", "scheduler"],
    });
    expect(await program.exit).toBe(0);
  });

  it("serves the queues of a Sidekiq file's capsules beside", async () => {
    const file = fileURLToPath(new URL("../fixtures/sidekiq-yml/capsules.yml", import.meta.url));
    const program = start("-C", file);

    const banner = await program.line(/^mandate /);
    await program.lines(/^Worker started/, 3);
    await Wait.set({ queue: "reports" }).defer();
    await Wait.set({ queue: "exports" }).defer();
    await program.lines(/^Waits/, 2);
    program.signal("SIGTTIN");
    const summary = await program.line(/^What runs here/);
    program.signal("SIGUSR2");
    program.signal("SIGTERM");

    expect(banner).toMatchObject({
      queues: ["default"],
      concurrency: 5,
      "capsule single": { queues: ["reports"], concurrency: 1 },
      "capsule unsafe": { queues: ["imports,2", "exports,1"], concurrency: 2 },
    });
    expect(summary).toMatchObject({ running: 2 });
    expect(await program.exit).toBe(0);
  });

  it("prefers what the loaded files configure", async () => {
    const application = fileURLToPath(new URL("programs/application.ts", import.meta.url));
    const program = new RunningProgram(["worker", "-r", application, "-r", commands], {
      env: { SHOP_JOBS: workers.url, REDIS_URL: "redis://127.0.0.1:1" },
    });

    const banner = await program.line(/^mandate /);
    await Greet.defer("shop");
    const hello = await program.line(/^Hello shop/);
    program.signal("SIGTERM");

    expect(banner).toMatchObject({ application: "shop", store: "redis" });
    expect(hello).toMatchObject({ application: "shop" });
    expect(await program.exit).toBe(0);
  });

  it("is not live while Redis does not answer, and live again after", async () => {
    const frozen = await RedisServer.start();
    onTestFinished(() => frozen.dispose());
    const args = ["--health", "0", "--health-timeout", "12", "--redis-url", frozen.url];
    const program = start(...args);
    const { port } = (await program.line(/^Tells of its health/)) as LogLine & { port: number };
    await program.line(/^Worker started/);

    frozen.pause();
    await untilAnswered(port, "live", 503);
    frozen.resume();
    await untilAnswered(port, "live", 200);
    await untilAnswered(port, "ready", 200);
    program.signal("SIGTERM");

    expect(await program.exit).toBe(0);
  });

  it("does not work as a process whose supervisor is gone", async () => {
    const program = new RunningProgram(["worker", "-r", commands], {
      env: { MANDATE_PROCESS: "1" },
    });

    expect(await program.exit).toBe(1);
    expect(program.log).toMatchObject([
      {
        msg: "Ended by a failure: Cannot work: the supervisor that started this process is gone",
        code: "MANDATE_SUPERVISOR_GONE",
      },
    ]);
  });

  it("says in one line what nobody caught, and ends with 1", async () => {
    const program = start("-q", "leaving");
    await program.line(/^Worker started/);

    await Leave.set({ queue: "leaving" }).defer();

    expect(await program.exit).toBe(1);
    expect(program.said).toHaveLength(program.log.length);
    expect(program.log.at(-1)).toMatchObject({
      level: "error",
      msg: "Ended by a failure: Nobody catches this",
      err: { type: "RangeError", stack: expect.stringContaining("commands.ts") as string },
    });
  });

  it("works in memory where it was told of no store, and warns", async () => {
    const program = new RunningProgram(["worker", "-r", commands]);

    const warning = await program.line(/^Jobs are kept in this process's memory/);
    await program.line(/^Worker started/);
    program.signal("SIGTERM");

    expect(warning).toMatchObject({ level: "warn", store: "memory" });
    expect(await program.exit).toBe(0);
  });
});

async function identityOf(client: Redis, pid: number): Promise<string> {
  const identities = await client.smembers("processes");
  const found = identities.find((identity) => identity.split(":")[1] === String(pid));
  if (found === undefined) {
    throw new Error(`Expected a process ${pid}, found ${identities.join()}`);
  }
  return found;
}
