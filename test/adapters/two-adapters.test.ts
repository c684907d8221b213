import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Adapter, LeaseOptions } from "../../src/adapters/adapter.ts";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import { fieldText } from "../../src/adapters/payload.ts";
import { RedisAdapter } from "../../src/adapters/redis/redis-adapter.ts";
import { StoreSettings, type StoreOptions } from "../../src/adapters/store-settings.ts";
import { InvalidDurationError } from "../../src/support/duration.ts";
import { ConfigurationError } from "../../src/support/errors.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";

const JIDS = ["a", "b", "c"].map((letter) => letter.repeat(24));
const DEAD = { set: "dead" } as const;

describe("two adapters in one process", () => {
  let server: RedisServer | undefined;
  let stores = 0;

  beforeAll(async () => {
    server = missing("redis") ? undefined : await RedisServer.start();
  });

  afterAll(() => server?.dispose());

  describe.each([
    ["memory", (options: StoreOptions) => new MemoryAdapter({ ...options, logger: silentLogger })],
    ["Redis", redisWith],
  ])("of %s", (name, create) => {
    it.skipIf(name === "Redis" && missing("redis"))(
      "write times each in its own unit",
      async () => {
        const seconds = open(create, { timestamps: "seconds" });
        const milliseconds = open(create, { timestamps: "milliseconds" });

        const queued = [await enqueuedAt(seconds), await enqueuedAt(milliseconds)];

        expect(queued).toEqual([
          expect.stringMatching(/^\d{10}\.\d+$/),
          expect.stringMatching(/^\d{13}$/),
        ]);
        expect([seconds.timestamps, milliseconds.timestamps]).toEqual(["seconds", "milliseconds"]);
      },
    );

    it.skipIf(name === "Redis" && missing("redis"))(
      "keep each as many of the dead as it says",
      async () => {
        const few = open(create, { deadMaxJobs: 1 });
        const none = open(create, { deadTimeout: 0, deadMaxJobs: 0 });
        const all = open(create, {});

        const kept = [
          await deadAfterThree(few),
          await deadAfterThree(none),
          await deadAfterThree(all),
        ];

        expect(kept).toEqual([1, 0, 3]);
      },
    );
  });

  function redisWith(options: StoreOptions): Adapter {
    stores += 1;
    const keyPrefix = `two${stores}:`;
    return new RedisAdapter({ ...options, url: server?.url, keyPrefix, logger: silentLogger });
  }
});

describe("an adapter's settings", () => {
  it("are its own options, else what it was given, else Sidekiq's", () => {
    const settings = new StoreSettings("MemoryAdapter", { deadMaxJobs: 5 });
    const shown = (): object => structuredClone(settings);
    const before = shown();

    settings.useDefaults({ timestamps: "milliseconds", deadMaxJobs: 7, deadTimeout: "1 hour" });

    expect(before).toEqual({ timestamps: "seconds", deadMaxJobs: 5, deadTimeout: 180 * 86_400 });
    expect(shown()).toEqual({ timestamps: "milliseconds", deadMaxJobs: 5, deadTimeout: 3_600 });
  });

  it.each([
    [
      { timestamps: "minutes" as never },
      new ConfigurationError(
        'Cannot use "timestamps" of MemoryAdapter: expected "seconds" or "milliseconds", found minutes',
      ),
    ],
    [
      { deadMaxJobs: -1 },
      new ConfigurationError(
        'Cannot use "deadMaxJobs" of MemoryAdapter: expected an integer from 0 on, found -1',
      ),
    ],
    [
      { deadTimeout: -1 },
      new InvalidDurationError(
        "Cannot read -1 as deadTimeout of MemoryAdapter: it is negative. Write a number of seconds, or a string such as " +
          '"30s", "5 minutes", "1.5 hours", "2 days" or "1 week"',
      ),
    ],
  ])("are refused where they are none: %j", (options, error) => {
    expect(() => new MemoryAdapter(options)).toThrow(error);
  });
});

function open(create: (options: StoreOptions) => Adapter, options: StoreOptions): Adapter {
  const adapter = create(options);
  onTestFinished(() => adapter.close());
  return adapter;
}

async function enqueueThree(adapter: Adapter): Promise<void> {
  await adapter.enqueue(
    JIDS.map((jid) => {
      return { jid, queue: "q", payload: `{"class":"X","args":[],"queue":"q","jid":"${jid}"}` };
    }),
  );
}

async function enqueuedAt(adapter: Adapter): Promise<string | undefined> {
  await enqueueThree(adapter);
  const { jobs } = await adapter.store.page({ queue: "q" }, undefined, 1);
  return fieldText(jobs[0]?.payload ?? "", "enqueued_at");
}

async function deadAfterThree(adapter: Adapter): Promise<number> {
  await enqueueThree(adapter);
  const lease = await adapter.lease(LEASE);
  const { jobs } = await lease.exchange([], { limit: 3, queues: ["q"] });
  await lease.exchange(
    jobs.map((job, index) => ({ job, jid: JIDS[index], kind: "dead", payload: job.payload })),
  );
  await lease.close();
  return adapter.store.size(DEAD);
}

const LEASE: LeaseOptions = {
  identity: "host:1:aaaaaaaaaaaa",
  ttl: 60,
  info: {
    hostname: "host",
    pid: 1,
    tag: "",
    startedAt: 1,
    concurrency: 5,
    queues: [["q", 0]],
  },
  state: () => ({ busy: 0, quiet: false }),
  onWork: () => undefined,
  onDue: () => undefined,
};
