import {
  ConfigurationError,
  configure,
  MemoryAdapter,
  queue,
  silentLogger,
  type Adapter,
  type ConfiguredQueues,
} from "mandate";
import { startWorker } from "mandate/worker";
import { beforeEach, describe, expect, it } from "vitest";
import { AdapterError } from "../../../src/adapters/adapter-error.ts";
import { Log } from "../../worker/log.ts";

let adapter: Adapter;
let log: Log;

beforeEach(() => {
  adapter = new MemoryAdapter({ logger: silentLogger });
  log = new Log();
  configure({ adapter, logger: log, queues: {} });
  return async () => {
    configure({ queues: {} });
    await adapter.close();
  };
});

/** A worker begins and ends. @returns what was said of queues. */
async function deploy(queues: ConfiguredQueues): Promise<string[]> {
  configure({ queues });
  log.lines.length = 0;
  const worker = await startWorker({ queues: ["default"] });
  await worker.stop();
  return log.messages().filter((text) => /queue|Queue/.test(text) && /limit/i.test(text));
}

describe("limits of queues that are configured", () => {
  it("are set by the first worker that starts with them, and no second time", async () => {
    const queues = { external: { concurrency: 4, rate: { to: 100, per: "1 minute" as const } } };

    expect(await deploy(queues)).toEqual(["Limited queue external: 4 at once, 100 in 1m"]);
    expect(await deploy(queues)).toEqual([]);

    expect(await queue("external").limitation()).toMatchObject({
      concurrency: 4,
      rate: { to: 100, seconds: 60, burst: 10 },
    });
  });

  it("leave what was said at run time, and tell of it", async () => {
    await deploy({ external: { concurrency: 4 } });
    await queue("external").limit({ concurrency: 1 });

    expect(await deploy({ external: { concurrency: 4 } })).toEqual([
      "Left the limit of queue external as somebody said at run time: 1 at once. It is configured as: 4 at once. " +
        "What mandate queues limit external says holds until the configuration changes",
    ]);

    expect(await queue("external").limitation()).toMatchObject({ concurrency: 1 });
  });

  it("leave that there is no limit any more", async () => {
    await deploy({ external: { concurrency: 4 } });
    await queue("external").limit(false);

    await deploy({ external: { concurrency: 4 } });

    expect(await queue("external").limitation()).toBeUndefined();
  });

  it("count from a deploy on that changes them, and tell what that ends", async () => {
    await deploy({ external: { concurrency: 4 } });
    await queue("external").limit({ concurrency: 1 });

    expect(await deploy({ external: { concurrency: 8 } })).toEqual([
      "Limited queue external as its configuration says now: 8 at once. What somebody had said at run time is over: 1 at once",
    ]);
    expect(await queue("external").limitation()).toMatchObject({ concurrency: 8 });
    expect(await deploy({ external: { rate: { to: 1, per: 1 } } })).toEqual([
      "Limited queue external: 1 in 1.0s",
    ]);
  });

  it("are ended by false, and stay where the queue is not named any more", async () => {
    await deploy({ external: { concurrency: 4 } });
    await deploy({ other: { concurrency: 1 } });
    expect(await queue("external").limitation()).toMatchObject({ concurrency: 4 });

    expect(await deploy({ external: false })).toEqual(["Limited queue external: no limit"]);

    expect(await queue("external").limitation()).toBeUndefined();
  });

  it("wait for a store that does not answer", async () => {
    const { holds } = adapter;
    const limit = holds?.limit.bind(holds);
    let calls = 0;
    Object.assign(holds as object, {
      limit: async (...args: Parameters<NonNullable<typeof limit>>) => {
        calls += 1;
        if (calls === 1) throw new AdapterError("away");
        await limit?.(...args);
      },
    });

    await deploy({ external: { concurrency: 4 } });
    expect(await queue("external").limitation()).toBeUndefined();
    await deploy({ external: { concurrency: 4 } });

    expect(await queue("external").limitation()).toMatchObject({ concurrency: 4 });
  });

  it("fail the start of a worker for another reason", async () => {
    Object.assign(adapter.holds as object, {
      limit: () => Promise.reject(new TypeError("broken")),
    });
    configure({ queues: { external: { concurrency: 4 } } });

    await expect(startWorker({ queues: ["default"] })).rejects.toThrow(new TypeError("broken"));
  });

  it("need a store that knows limits", async () => {
    Object.defineProperty(adapter, "holds", { value: undefined });
    configure({ queues: { external: { concurrency: 4 } } });

    await expect(startWorker({ queues: ["default"] })).rejects.toThrow(
      new ConfigurationError(
        'Cannot limit queues as configured: adapter "memory" keeps no holds, or no documents. Use one that does, such as Redis\'s',
      ),
    );
    await expect(queue("external").limit({ concurrency: 1 })).rejects.toThrow(
      new ConfigurationError(
        'Cannot limit queue "external": adapter "memory" keeps no holds. Use one that does, such as Redis\'s',
      ),
    );
  });

  it.each<[string, unknown, string]>([
    [
      "a list",
      ["external"],
      "Cannot use an array as queues of configure: give an object of limits by the queues' names. Which queues a worker serves is an option of startWorker",
    ],
    [
      "an odd name",
      { "a b": { concurrency: 1 } },
      'Cannot use "a b" as a queue in queues of configure: give a name of letters, digits and the signs _ : . -',
    ],
    [
      "0",
      { external: { concurrency: 0 } },
      'Cannot use 0 as concurrency in queue "external" of configure: give an integer of at least 1, or Infinity',
    ],
  ])("refuse %s", (_, queues, message) => {
    expect(() => configure({ queues: queues as ConfiguredQueues })).toThrow(message);
  });
});
