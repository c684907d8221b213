import {
  Command,
  configure,
  Job,
  limiter,
  limiters,
  OverLimitError,
  type LimiterState,
} from "mandate";
import { useTestAdapter } from "mandate/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import type { Adapter } from "../../../src/adapters/adapter.ts";
import { clock } from "../../../src/support/clock.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { LastingAdapter, Rig } from "../../job/rig.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { Log } from "../../worker/log.ts";

const HOUR = "1 hour";
let server: RedisServer | undefined;
let names = 0;

beforeAll(async () => {
  if (!missing("redis")) server = await RedisServer.start();
});
afterAll(() => server?.dispose());

/** No two tests share a limiter. */
function fresh(): string {
  names += 1;
  return `erp-${names}`;
}

const engines: readonly (readonly [name: string, open: () => Adapter])[] = [
  ["memory", () => new MemoryAdapter({ logger: silentLogger })],
  ["redis", () => new RedisAdapter({ url: server?.url ?? "", logger: silentLogger })],
];

describe.each(missing("redis") ? engines.slice(0, 1) : engines)("limiters on %s", (_, open) => {
  function use(): { readonly adapter: Adapter; readonly log: Log } {
    const adapter = open();
    const log = new Log();
    onTestFinished(() => adapter.close());
    configure({ adapter, logger: log });
    return { adapter, log };
  }
  it("let so many go on at once, and the next as soon as one has ended", async () => {
    use();
    const erp = limiter.concurrent(fresh(), { to: 3, wait: 20, hold: 60 });
    let now = 0;
    let most = 0;
    let fill = (): void => undefined;
    const full = new Promise<void>((resolve) => (fill = resolve));
    const work = async (index: number): Promise<number> => {
      now += 1;
      most = Math.max(most, now);
      if (now === 3) fill();
      await full;
      await clock.sleep(0.002);
      now -= 1;
      return index;
    };

    const all = await Promise.all(
      Array.from({ length: 30 }, (_, index) => erp.within(() => work(index))),
    );

    expect(all).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(most).toBe(3);
  });

  it("throw where they are full for as long as a call waits", async () => {
    use();
    const name = fresh();
    const mutex = limiter.concurrent(name, { wait: 0.02, hold: 60 });

    await mutex.within(async () => {
      const error = await caught(mutex.within(() => "never"));
      expect(error).toMatchObject({
        code: "MANDATE_OVER_LIMIT",
        limiter: name,
        kind: "concurrent",
      });
      expect(error.message).toMatch(
        new RegExp(
          `^Cannot go on within limiter.concurrent\\("${name}"\\): it is full, and may be free in \\d+ s. ` +
            "Wait for longer than its 0.02 s, or try again later: a job is put back by itself$",
        ),
      );
    });

    expect(await mutex.within(() => "free")).toBe("free");
  });

  it("are let go of by what throws, too", async () => {
    use();
    const mutex = limiter.concurrent(fresh(), { wait: 0 });

    await expect(mutex.within(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");

    expect(await mutex.within(() => 1)).toBe(1);
  });

  it("are free once the hold of what never ended is over", async () => {
    const { log } = use();
    const mutex = limiter.concurrent(fresh(), { wait: 10, hold: 0.05 });
    let end = (): void => undefined;
    const hanging = mutex.within(() => new Promise<void>((resolve) => (end = resolve)));

    expect(await mutex.within(() => "went on")).toBe("went on");
    end();
    await hanging;

    expect(log.troubles.at(-1)).toContain("took longer than its hold, 0.05 s");
  });

  it("count calls in windows of the clock, and in any window", async () => {
    use();
    const bucket = limiter.bucket(fresh(), { to: 2, per: "365 days" });
    const window = limiter.window(fresh(), { to: 2, per: HOUR });

    for (const each of [bucket, window]) {
      await each.within(() => undefined);
      await each.within(() => undefined);
      const began = clock.monotonic();
      // It is known that waiting is in vain.
      expect(await caught(each.within(() => undefined))).toBeInstanceOf(OverLimitError);
      expect(clock.monotonic() - began).toBeLessThan(3);
    }
    const { retryAt } = await caught(window.within(() => undefined));
    const { retryAt: next } = await caught(bucket.within(() => undefined));
    expect(Math.abs((retryAt?.getTime() ?? 0) - Date.now() - 3_600_000)).toBeLessThan(5_000);
    const windows = (next?.getTime() ?? 0) / 1000 / (365 * 86_400);
    expect(windows - Math.round(windows)).toBeCloseTo(0, 4);
  });

  it("let go on when the time comes, of which a call waits for the next", async () => {
    // By the store's clock, as its times are: another may be set meanwhile.
    const { store } = use().adapter;
    const window = limiter.window(fresh(), { to: 1, per: 0.05 });
    const leaky = limiter.leaky(fresh(), { size: 2, drain: 0.1 });
    const bucket = limiter.bucket(fresh(), { to: 1, per: 0.05 });

    const began = await store.now();
    await Promise.all([1, 2, 3].map(() => window.within(() => undefined)));
    expect((await store.now()) - began).toBeGreaterThan(0.099);
    const second = await store.now();
    await Promise.all([1, 2, 3, 4].map(() => leaky.within(() => undefined)));
    expect((await store.now()) - second).toBeGreaterThan(0.095);
    const third = await store.now();
    await Promise.all([1, 2, 3].map(() => bucket.within(() => undefined)));
    expect((await store.now()) - third).toBeGreaterThan(0.045);
  });

  it("take points, give back what was estimated beyond, and take what is missing", async () => {
    const { adapter } = use();
    const name = fresh();
    const shop = limiter.points(name, { size: 1_000, refill: 0.001, wait: 0 });

    await shop.within((points) => points.used(100), { estimate: 800 });
    expect(await usage(adapter, name)).toMatchObject({ kind: "points", size: 1_000, used: 100 });
    await shop.within((points) => points.used(1_100), { estimate: 900 });
    expect(await usage(adapter, name)).toMatchObject({ used: 1_200 });
    await expect(shop.within(() => undefined)).rejects.toThrow(OverLimitError);
    await expect(shop.within(() => undefined, { estimate: 1_001 })).rejects.toThrow(
      `Cannot use 1001 as estimate of within of limiter.points("${name}"): give a number from 0 to its size, 1000`,
    );
    const other = limiter.points(fresh(), { size: 10, refill: 1 });
    await expect(other.within((points) => points.used(Number.NaN))).rejects.toThrow(
      "used: give a number from 0 on",
    );
  });

  it("end their wait with the signal that they are given", async () => {
    use();
    const mutex = limiter.concurrent(fresh(), { wait: 60, hold: 60 });
    const controller = new AbortController();
    const { signal } = controller;

    await mutex.within(async () => {
      const both = Promise.allSettled([
        mutex.within(() => "never", { signal }),
        mutex.within(() => "never", { signal }),
      ]);
      setTimeout(() => controller.abort(new Error("no longer")), 5);

      const ended = { status: "rejected", reason: new Error("no longer") };
      expect(await both).toEqual([ended, ended]);
      await expect(mutex.within(() => "never", { signal })).rejects.toThrow("no longer");
    });

    expect(await mutex.within(() => "free")).toBe("free");
  });

  it("are seen by operators while they are in use", async () => {
    const { adapter } = use();
    const name = fresh();
    const bucket = limiter.bucket(`${name}:b`, { to: 5, per: "365 days" });
    await bucket.within(() => undefined);

    await limiter.concurrent(name, { to: 4 }).within(async () => {
      expect(await usage(adapter, name)).toEqual({
        key: `limiter:concurrent:${name}`,
        kind: "concurrent",
        name,
        size: 4,
        used: 1,
      });
    });

    expect(await usage(adapter, name)).toBeUndefined();
    expect(await usage(adapter, `${name}:b`)).toMatchObject({ kind: "bucket", size: 5, used: 1 });
  });
});

describe("a limiter in a job", () => {
  function begin(): Rig {
    const rig = new Rig();
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    onTestFinished(() => void vi.restoreAllMocks());
    return rig;
  }

  class Sync extends Job {
    perform(name: string): Promise<string> {
      return limiter.bucket(name, { to: 1, per: "1 minute", wait: 0 }).within(() => "synced");
    }
  }

  it("puts the job back where it is full: no failure, no attempt, later each time", async () => {
    const rig = begin();
    rig.now = 1_800_000_000.5;
    await Sync.performLater("later");
    await Sync.performLater("later");
    await rig.run();

    const outcome = await rig.run();

    expect(outcome).toMatchObject({ kind: "requeue", delay: 89.5 });
    expect(rig.log.troubles).toEqual([]);
    const record = await rig.only({ set: "scheduled" });
    expect(record).toMatchObject({ overrated: 1 });
    expect(record).not.toHaveProperty("retry_count");
    // Somebody else has the next window, too.
    rig.elapse(90);
    await Sync.performNow("later");
    expect(await rig.run()).toMatchObject({ kind: "requeue", delay: 29.5 + 90 });
  });

  it("fails it once it was put back 20 times in a row, and begins to count anew", async () => {
    const rig = begin();
    await Sync.performLater("often");
    await rig.run();
    await Sync.performLater("often");
    for (let times = 0; times < 20; times += 1) {
      await Sync.performNow("often").catch(() => undefined);
      expect((await rig.run()).kind).toBe("requeue");
      rig.elapse(3_600);
    }
    await Sync.performNow("often");

    expect((await rig.run()).kind).toBe("retry");

    const record = await rig.only({ set: "retry" });
    expect(record).toMatchObject({ error_class: "OverLimitError", retry_count: 0 });
    expect(record).not.toHaveProperty("overrated");
  });

  it("leaves it to a rule that names the error, and to no rule for all errors", async () => {
    const rig = begin();
    class Dropped extends Sync {
      static {
        this.discardOn(OverLimitError);
      }
    }
    class Retried extends Sync {
      static {
        this.retryOn(Error, { attempts: 3 });
      }
    }
    await Sync.performNow("rules");
    await Dropped.performLater("rules");
    await Retried.performLater("rules");

    expect(await rig.run()).toMatchObject({ kind: "done", ended: "discarded" });
    expect(await rig.run()).toMatchObject({ kind: "requeue" });
  });

  it("lets go with the job's run, whatever became of its function", async () => {
    const rig = begin();
    const mutex = limiter.concurrent("left", { wait: 0, hold: HOUR });
    class Leave extends Job {
      perform(): void {
        void mutex.within(() => new Promise(() => undefined));
      }
    }
    await Leave.performLater();
    await rig.run();

    expect(await mutex.within(() => "free")).toBe("free");
  });

  it("is tried again in a test once its time has come", async () => {
    using _ = useTestAdapter();
    const bucket = limiter.bucket("tested", { to: 1, per: HOUR });
    await bucket.within(() => undefined);
    await expect(bucket.within(() => undefined)).rejects.toThrow(OverLimitError);
    const { now } = clock;
    onTestFinished(() => void (clock.now = now));
    clock.now = () => now() + 3_600;

    expect(await bucket.within(() => "next")).toBe("next");
  });
});

describe("limiter", () => {
  it("says what it cannot use", () => {
    const bad: readonly (readonly [() => unknown, string])[] = [
      [
        () => limiter.concurrent("a b"),
        'Cannot use "a b" as a name in limiter.concurrent: give a name of letters, digits and the signs _ : . -',
      ],
      [
        () => limiter.concurrent("a", { to: 0 }),
        'Cannot use 0 as to of limiter.concurrent("a"): give an integer of at least 1',
      ],
      [
        () => limiter.concurrent("a", { hold: 0 }),
        'Cannot use 0 as hold of limiter.concurrent("a"): give more than 0 seconds',
      ],
      [
        () => limiter.concurrent("a", { per: 5 } as object),
        'Cannot use option "per" in the options of limiter.concurrent("a"): there is no such option.',
      ],
      [
        () => limiter.bucket("a", { to: 1.5, per: 60 }),
        'Cannot use 1.5 as to of limiter.bucket("a"): give an integer of at least 1',
      ],
      [
        () => limiter.window("a", { to: 1, per: "5 minuets" as "5 minutes" }),
        'Cannot read "5 minuets" as per of limiter.window("a"): "minuets" is not a unit of time.',
      ],
      [
        () => limiter.leaky("a", { size: -1, drain: 60 }),
        'Cannot use -1 as size of limiter.leaky("a"): give an integer of at least 1',
      ],
      [
        () => limiter.points("a", { size: 10, refill: Number.NaN }),
        'Cannot use NaN as refill of limiter.points("a"): give a number of points per second above 0',
      ],
      [
        () => limiter.leaky("a", { size: 1, drain: 60, wait: -1 }),
        'Cannot read -1 as wait of limiter.leaky("a"): it is negative.',
      ],
    ];

    for (const [make, message] of bad) expect(make).toThrow(message);
  });

  it("says what within cannot use", async () => {
    const mutex = limiter.concurrent("a");

    await expect(mutex.within("work" as never)).rejects.toThrow(
      'Cannot use "work" in within of limiter.concurrent("a"): give a function',
    );
    await expect(mutex.within(() => 1, { estimate: 5 } as object)).rejects.toThrow(
      'Cannot use option "estimate" in the options of within of limiter.concurrent("a")',
    );
  });

  it("needs a store that keeps limits", async () => {
    new Rig(new LastingAdapter({ logger: silentLogger }));

    await expect(limiter.concurrent("a").within(() => 1)).rejects.toThrow(
      'Cannot use limiter.concurrent("a"): the adapter "memory" keeps no limits. Use memory or Redis',
    );
  });

  it("is not in the way of what a call came to, where the store goes away meanwhile", async () => {
    const log = new Log();
    const adapter = new MemoryAdapter({ logger: silentLogger });
    configure({ adapter, logger: log });
    vi.spyOn(adapter.holds, "giveBack").mockRejectedValue(new Error("away"));

    expect(await limiter.concurrent("a").within(() => "done")).toBe("done");
    expect(log.troubles).toEqual(['Could not give back limiter.concurrent("a")']);
  });
});

async function caught(promise: Promise<unknown>): Promise<OverLimitError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OverLimitError);
  return error as OverLimitError;
}

async function usage(adapter: Adapter, name: string): Promise<LimiterState | undefined> {
  for await (const state of limiters(adapter)) {
    if (state.name === name) return state;
  }
  return undefined;
}

// Its `within` has the type of what it calls.
export class Typed extends Command {
  call(): Promise<number> {
    return limiter.concurrent("typed").within(() => 5);
  }
}
