import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Command } from "../../../src/command/command.ts";
import { AdapterError } from "../../../src/adapters/adapter-error.ts";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { registerCommands } from "../../../src/job/declare/registry.ts";
import { newJid } from "../../../src/support/jid.ts";
import type { WorkerOptions } from "../../../src/worker/worker-options.ts";
import { Worker } from "../../../src/worker/worker.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { SlowLink, type Link } from "../../support/slow-link.ts";
import { Log } from "../../worker/log.ts";

const TIMEOUT = { timeout: 60_000 };
const MB = 1_000_000;
const UNREACHABLE = /Redis is unreachable/;

type Listener = (name: string) => void;
const listeners = new Set<Listener>();

/** Says that it ran; one that is named so fails the first time. */
class Carry extends Command.initializeWith((name: string, cargo: string) => ({ name, cargo })) {
  static {
    this.retry(3);
    this.retryIn(() => 0.01);
  }

  async call(): Promise<void> {
    listeners.forEach((listen) => listen(this.name));
    if (this.name === "fails once" && !failed.has(this.cargo.length)) {
      failed.add(this.cargo.length);
      throw new Error("once");
    }
  }
}
const failed = new Set<number>();

describe.skipIf(missing("redis"))("a worker behind a slow link", () => {
  it("runs a job that takes longer to arrive than answers are waited for", TIMEOUT, async () => {
    const rig = await Rig.start({ down: MB });
    await rig.enqueue("large", 5.5 * MB);
    await rig.enqueueSmall(30);

    await rig.work();
    await rig.ran(31);

    expect(rig.runs.get("large")).toBe(1);
    expect(rig.log.troubles).toEqual([]);
  });

  it.each([
    ["200 KB/s, 1 MB", { down: 200_000 }, [MB]],
    ["200 KB/s, ten of 50 KB", { down: 200_000 }, Array.from({ length: 10 }, () => 50_000)],
    ["1 MB/s, five of 700 KB", { down: MB }, Array.from({ length: 5 }, () => 700_000)],
  ])("takes no more at once than arrives: %s", TIMEOUT, async (_what, link, sizes) => {
    const rig = await Rig.start(link, { commandTimeout: 1_000 });
    await Promise.all(sizes.map((bytes, index) => rig.enqueue(`large ${index}`, bytes)));
    await rig.enqueueSmall(20);

    await rig.work();
    await rig.ran(sizes.length + 20);

    expect(Math.max(...rig.runs.values())).toBe(1);
    expect(rig.log.troubles).toEqual([]);
  });

  it(
    "works where each answer is late by more than half of what is waited for",
    TIMEOUT,
    async () => {
      // To stop takes some answers, too.
      const rig = await Rig.start({ latency: 0.6 }, { commandTimeout: 1_000, shutdownTimeout: 10 });
      await rig.enqueueSmall(20);

      await rig.work();
      await rig.ran(20);
      await rig.worker.stop();

      expect(Math.max(...rig.runs.values())).toBe(1);
      expect(rig.log.troubles).toEqual([]);
      expect(await rig.left()).toBe(0);
    },
  );

  it("puts a large job back that failed, though that takes long to leave", TIMEOUT, async () => {
    // What the kernel has of it at a time needs some 300 ms, and a busy machine its own.
    const rig = await Rig.start({ up: MB }, { commandTimeout: 1_500 });
    await rig.enqueue("fails once", 3 * MB);

    await rig.work();
    await rig.ran(1, 2);

    expect(rig.runs.get("fails once")).toBe(2);
    expect(rig.log.troubles.filter((line) => UNREACHABLE.test(line))).toEqual([]);
  });

  it("says that a large job may be accepted, and goes on sending it", TIMEOUT, async () => {
    const rig = await Rig.start({ up: MB }, { commandTimeout: 500 });
    const payload = payloadOf("slow to leave", 3 * MB);

    const error = await rig.adapter.enqueue([payload], 1).catch((reason: unknown) => reason);
    const status = await rig.adapter.status(payload.jid);

    expect(error).toBeInstanceOf(AdapterError);
    expect(error).toMatchObject({ maybeAccepted: true });
    expect(status).toBe("enqueued");
  });

  it("asks for nothing twice that has arrived before an answer was lost", TIMEOUT, async () => {
    const rig = await Rig.start({ down: MB }, { commandTimeout: 1_000 });
    await rig.enqueue("first", 900_000);
    await rig.enqueue("second", 900_000);
    await rig.work();
    await rig.ran(1);

    await rig.kill("mandate-worker");
    await rig.ran(2);

    expect(Math.max(...rig.runs.values())).toBe(1);
  });

  it(
    "gives up a job that never arrives, so that a worker that is better connected runs it",
    TIMEOUT,
    async () => {
      const rig = await Rig.start({ stallsAfter: 300_000 }, { commandTimeout: 700, leaseTtl: 2 });
      await rig.enqueue("large", MB);
      await rig.work();

      const { message, level } = await rig.log.line(/has got nothing done/);
      await rig.workNearby();
      await rig.enqueueSmall(5);
      await rig.ran(6);

      expect(level).toBe("warn");
      expect(message).toMatch(
        /^Worker ".*" has got nothing done for \d+ s, although its lease is kept: Cannot get 1 job of 1000\d\d\d bytes that worker ".*" holds and never got: Redis is unreachable, "Command timed out". Check that it runs and can be reached from here. It gives its jobs up to others, which counts as losing them, and takes none for 1 s$/,
      );
      expect(rig.runs.get("large")).toBe(1);
    },
  );

  it("buries a job that arrives nowhere, and goes on", TIMEOUT, async () => {
    const rig = await Rig.start({ stallsAfter: 300_000 }, { commandTimeout: 500, leaseTtl: 1.5 });
    await rig.enqueue("large", MB);
    await rig.work();

    await rig.log.line(/^Buried job/);
    await rig.enqueueSmall(5);
    await rig.ran(5);

    const [buried] = await rig.dead();
    const { class: name, args, error_class, failed_at, jid } = JSON.parse(buried ?? "{}");
    expect([name, args[1], args[2].length]).toEqual(["MandateJob", "large", MB]);
    expect([error_class, typeof failed_at, jid.length]).toEqual(["JobLostError", "number", 24]);
    expect(await rig.left()).toBe(1);
  });

  it("loses what it cannot put back, and runs it again", TIMEOUT, async () => {
    const rig = await Rig.start({ upStallsAfter: 200_000 }, { commandTimeout: 200, leaseTtl: 1 });
    await rig.enqueue("fails once", 400_000);
    await rig.work();

    // Renewals stand behind it: its lease runs out by itself.
    await rig.ran(1, 2);

    expect(rig.log.troubles.join("\n")).toMatch(/its lease has ended|has got nothing done/);
  });
});

class Rig {
  readonly server: RedisServer;
  readonly link: SlowLink;
  readonly log = new Log();
  readonly adapter: RedisAdapter;
  readonly producer: RedisAdapter;
  readonly worker: Worker;
  readonly runs = new Map<string, number>();

  static async start(
    link: Link,
    { commandTimeout, ...worker }: { commandTimeout?: number } & WorkerOptions = {},
  ): Promise<Rig> {
    registerCommands(Carry);
    const server = await RedisServer.start();
    const rig = new Rig(server, await SlowLink.start(server.port, link), {
      worker,
      redis: commandTimeout === undefined ? {} : { commandTimeout },
    });
    onTestFinished(() => rig.dispose());
    return rig;
  }

  constructor(
    server: RedisServer,
    link: SlowLink,
    options: { readonly worker: WorkerOptions; readonly redis: Readonly<Record<string, number>> },
  ) {
    this.server = server;
    this.link = link;
    this.adapter = new RedisAdapter({ url: link.url, redis: options.redis, logger: this.log });
    this.producer = new RedisAdapter({ url: server.url, logger: this.log });
    this.worker = new Worker({
      adapter: this.adapter,
      logger: this.log,
      concurrency: 10,
      shutdownTimeout: 1,
      ...options.worker,
    });
    listeners.add(this.#heard);
  }

  work(): Promise<void> {
    return this.worker.start();
  }

  /** Another one, that has the server next to it. */
  async workNearby(): Promise<void> {
    const worker = new Worker({ adapter: this.producer, logger: this.log });
    onTestFinished(() => worker.stop());
    await worker.start();
  }

  async dead(): Promise<string[]> {
    return (await this.#redis("ZRANGE", "dead", "0", "-1")) as string[];
  }

  async enqueue(name: string, bytes: number): Promise<void> {
    await this.producer.enqueue([payloadOf(name, bytes)]);
  }

  async enqueueSmall(count: number): Promise<void> {
    const names = Array.from({ length: count }, (_, index) => `small ${index}`);
    await this.producer.enqueue(names.map((name) => payloadOf(name, 10)));
  }

  /** Resolves once so many jobs have run so often. */
  async ran(jobs: number, times = 1): Promise<void> {
    await vi.waitFor(
      () => {
        const done = [...this.runs.values()].filter((runs) => runs >= times).length;
        if (done < jobs) {
          throw new Error(`${done} of ${jobs} jobs have run`);
        }
      },
      { timeout: 55_000, interval: 20 },
    );
  }

  async kill(name: string): Promise<void> {
    const lines = String(await this.#redis("CLIENT", "LIST")).split("\n");
    const line = lines.find((each) => each.includes(` name=${name} `)) ?? "";
    await this.#redis("CLIENT", "KILL", "ID", /^id=(\d+)/.exec(line)?.[1] ?? "");
  }

  /** Jobs that are not over. */
  async left(): Promise<number> {
    return Number(await this.#redis("HLEN", "mandate:jobs"));
  }

  async dispose(): Promise<void> {
    listeners.delete(this.#heard);
    await this.worker.stop();
    await Promise.all([this.adapter.close(), this.producer.close()]);
    await this.link.close();
    await this.server.dispose();
  }

  async #redis(name: string, ...args: readonly string[]): Promise<unknown> {
    const { Redis } = await import("ioredis");
    const client = new Redis(this.server.port);
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  readonly #heard: Listener = (name) => {
    this.runs.set(name, (this.runs.get(name) ?? 0) + 1);
  };
}

function payloadOf(
  name: string,
  bytes: number,
): { jid: string; queue: string; payload: string; prereqs: never[] } {
  const jid = newJid();
  const args = ["Carry", name, "x".repeat(bytes)];
  const record = { class: "MandateJob", args, queue: "default", jid, retry: true };
  const payload = JSON.stringify({ ...record, created_at: 1e9 });
  return { jid, queue: "default", payload, prereqs: [] };
}
