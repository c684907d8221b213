import { createSocket } from "node:dgram";
import { once } from "node:events";
import { StatsD } from "hot-shots";
import { Command } from "mandate";
import { startStatsd, type StatsdOptions } from "mandate/statsd";
import { describe, expect, it, onTestFinished } from "vitest";
import { cancelRun } from "../../src/job/inside/cancellation.ts";
import { runningJob } from "../../src/job/surroundings/current-job.ts";
import { channels } from "../../src/job/observe/events.ts";
import type { JobRun } from "../../src/job/inside/job-run.ts";
import { Rig } from "../job/rig.ts";

class Greet extends Command {
  call(): void {}
}

class Once extends Command {
  static {
    this.unique();
  }
  call(): void {}
}

class Print extends Command {
  static {
    this.retryIn(() => 60);
  }
  call(): void {
    throw new Error("out of paper");
  }
}

/** A server of StatsD: what it was sent, a line each. */
class Server {
  readonly lines: string[] = [];
  readonly #socket = createSocket("udp4");
  #heard = (): void => undefined;

  async start(options: Partial<StatsdOptions> = {}): Promise<void> {
    this.#socket.on("message", (packet) => {
      this.lines.push(
        ...packet
          .toString()
          .split("\n")
          .filter((line) => line !== ""),
      );
      this.#heard();
    });
    this.#socket.bind(0, "127.0.0.1");
    await once(this.#socket, "listening");
    const { port } = this.#socket.address();
    const client = new StatsD({ host: "127.0.0.1", port, prefix: "shop." });
    const stop = startStatsd({ client, every: Infinity, ...options });
    onTestFinished(() => {
      stop();
      client.close();
      this.#socket.close();
    });
  }

  /** Resolves once lines have come that fit all of these. */
  async heard(...patterns: readonly RegExp[]): Promise<void> {
    while (!patterns.every((pattern) => this.lines.some((line) => pattern.test(line)))) {
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }
}

describe("startStatsd", () => {
  it("sends Sidekiq Pro's metrics of a job that went well", async () => {
    const rig = new Rig();
    const server = new Server();
    await server.start();
    await Greet.set({ queue: "bulk" }).defer();

    await rig.run();

    await server.heard(/^shop\.jobs\.perform:/);
    expect(server.lines).toEqual([
      "shop.jobs.enqueue:1|c|#worker:Greet,queue:bulk",
      expect.stringMatching(/^shop\.jobs\.latency:[\d.]+\|ms\|#worker:Greet,queue:bulk$/),
      "shop.jobs.count:1|c|#worker:Greet,queue:bulk",
      "shop.jobs.success:1|c|#worker:Greet,queue:bulk",
      expect.stringMatching(/^shop\.jobs\.perform:[\d.]+\|ms\|#worker:Greet,queue:bulk$/),
    ]);
  });

  it("counts a duplicate as that only", async () => {
    new Rig();
    const server = new Server();
    await server.start();
    await Once.defer();

    await Once.defer();

    await server.heard(/^shop\.jobs\.duplicate:/);
    expect(server.lines).toEqual([
      "shop.jobs.enqueue:1|c|#worker:Once,queue:default",
      "shop.jobs.duplicate:1|c|#worker:Once,queue:default",
    ]);
  });

  it("sends of one that failed that it did, and what becomes of it", async () => {
    const rig = new Rig();
    const server = new Server();
    await server.start();
    await Print.defer();

    await rig.run();

    await server.heard(/^shop\.jobs\.retry:/);
    expect(server.lines).toEqual(
      expect.arrayContaining([
        "shop.jobs.count:1|c|#worker:Print,queue:default",
        "shop.jobs.failure:1|c|#worker:Print,queue:default",
        "shop.jobs.retry:1|c|#worker:Print,queue:default",
      ]),
    );
  });

  it("counts a job whose time was over as that only", async () => {
    const rig = new Rig();
    const server = new Server();
    await server.start();
    await Greet.set({ expiresIn: 5 }).defer();
    rig.elapse(6);

    await rig.run();

    await server.heard(/^shop\.jobs\.expire:1\|c\|#worker:Greet,queue:default$/);
    expect(server.lines.some((line) => line.startsWith("shop.jobs.count"))).toBe(false);
  });

  it("counts a job that asked to come again, or was cancelled, as that only", async () => {
    const rig = new Rig();
    const server = new Server();
    await server.start();
    class Poll extends Command.initializeWith((cancelled: boolean) => ({ cancelled })) {
      call(): void {
        if (this.cancelled) cancelRun((runningJob() as JobRun).fetched);
        this.requeueJob(5);
      }
    }
    await Poll.defer(false);
    await Poll.defer(true);

    await rig.run();
    await rig.run();

    await server.heard(
      /^shop\.jobs\.requeue:1\|c\|#worker:Poll,queue:default$/,
      /^shop\.jobs\.cancel:1\|c\|#worker:Poll,queue:default$/,
    );
    expect(server.lines.filter((line) => line.includes("jobs.count"))).toEqual([]);
  });

  it("sends how late jobs were promoted, and how many were taken back", async () => {
    new Rig();
    const server = new Server();
    await server.start();

    channels.promote.publish({ count: 1, lateness: undefined });
    channels.promote.publish({ count: 3, lateness: 0.25 });
    channels.limit.publish({ jid: "1", queue: "bulk", limit: "limit stripe:42" });
    channels.unlimit.publish({ jid: "1", queue: "bulk", limit: "limit stripe:42" });
    channels.batch.publish({ batch: "b", what: "death" });
    channels.recover.publish({ identity: "dead", recovered: 4, buried: [] });

    await server.heard(/^shop\.jobs\.recovered/);
    expect(server.lines).toEqual([
      "shop.jobs.lateness:250|ms",
      "shop.jobs.limit:1|c|#queue:bulk",
      "shop.jobs.unlimit:1|c|#queue:bulk",
      "shop.batches:1|c|#event:death",
      "shop.jobs.recovered:4|c",
    ]);
  });

  it("tells again and again what waits", async () => {
    const rig = new Rig();
    const server = new Server();
    await Greet.set({ queue: "bulk" }).defer();
    await Greet.set({ wait: 10 }).defer();
    rig.elapse(30);

    await server.start({ every: 0.01 });

    const heard = server.heard(
      /^shop\.queue\.size:1\|g\|#queue:bulk$/,
      /^shop\.queue\.latency:(30|29\.9)[\d.]*\|g\|#queue:bulk$/,
      /^shop\.set\.size:1\|g\|#set:scheduled$/,
      /^shop\.set\.lateness:(20|19\.9)[\d.]*\|g\|#set:scheduled$/,
      /^shop\.processes:0\|g/,
      /^shop\.busy:0\|g/,
      /^shop\.fetched_ahead:0\|g/,
      /^shop\.event_loop\.delay:[\d.]+\|g\|#quantile:0\.99$/,
    );
    await expect(heard).resolves.toBeUndefined();
    server.lines.length = 0;
    await expect(server.heard(/^shop\.queue\.size:1\|g\|#queue:bulk$/)).resolves.toBeUndefined();
  });

  it("logs that the store does not answer, and tries again", async () => {
    const rig = new Rig();
    const server = new Server();
    const { workers } = rig.adapter.store;
    rig.adapter.store.workers = () => Promise.reject(new Error("no answer"));

    await server.start({ every: 0.01 });
    await rig.log.line(/^Could not tell StatsD what is in the store$/);
    rig.adapter.store.workers = workers;

    await expect(server.heard(/^shop\.processes:0\|g/)).resolves.toBeUndefined();
  });

  it("sends no more names than it was told to", async () => {
    const rig = new Rig();
    const server = new Server();
    await server.start({ maxNames: 1 });
    await Greet.set({ queue: "a" }).defer();
    await rig.run();
    await Print.set({ queue: "b" }).defer();
    await rig.run();

    await server.heard(/^shop\.jobs\.retry:/);
    expect(server.lines).toContain("shop.jobs.retry:1|c|#worker:other,queue:other");
  });

  it.each<[object, string]>([
    [{ host: "localhost" }, 'Cannot use option "host" in startStatsd: there is no such option.'],
    [
      { client: { increment() {}, timing() {} } },
      "Cannot use undefined in client.gauge of startStatsd: give a StatsD of hot-shots",
    ],
    [{ every: 0 }, "Cannot use 0 as every of startStatsd: give a duration above 0, or Infinity"],
    [{ maxNames: 0 }, "Cannot use 0 as maxNames of startStatsd: give an integer of at least 1"],
  ])("refuses %j", (options, message) => {
    const client = { increment() {}, timing() {}, gauge() {} };

    expect(() => startStatsd({ client, ...options })).toThrow(message);
  });
});
