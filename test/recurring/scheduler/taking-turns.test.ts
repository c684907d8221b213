import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import type { Adapter } from "../../../src/adapters/adapter.ts";
import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";
import { Command, configure } from "../../../src/index.ts";
import { define } from "../../../src/recurring/definition.ts";
import { recurring } from "../../../src/recurring/recurring.ts";
import { RecurringScheduler } from "../../../src/recurring/scheduler/recurring-scheduler.ts";
import { silentLogger } from "../../../src/support/logger.ts";

class Digest extends Command {
  call(): void {}
}

const KEYS = ["one", "two", "three"];

let adapter: MemoryAdapter;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-03-02T07:59:30Z") });
  adapter = new MemoryAdapter();
  configure({ adapter, logger: silentLogger });
});

afterEach(() => {
  vi.useRealTimers();
});

it("tries the next occurrence only where the last was this worker's, and reads nothing of others", async () => {
  const workers = await start(4);
  await pass(60);
  const read = vi.spyOn(adapter.documents, "read");
  workers.forEach(({ enqueue }) => enqueue.mockClear());

  await pass(10 * 60);

  const claims = workers.map(({ enqueue }) => enqueue.mock.calls.length);
  expect(claims.toSorted((one, other) => one - other)).toEqual([0, 0, 0, 30]);
  expect(read).not.toHaveBeenCalled();
});

it("takes over within half a second where the worker that was first is gone", async () => {
  const workers = await start(2);
  await pass(60);
  workers.forEach(({ enqueue }) => enqueue.mockClear());
  await pass(60);
  const first = workers.find(({ enqueue }) => enqueue.mock.calls.length > 0);
  await pass(29);

  first?.enqueue.mockRejectedValue(new Error("It is cut off"));
  await pass(1.5);
  const taken = await adapter.store.size({ queue: "default" });
  await pass(60);

  expect(taken).toBe(9);
  // What the other worker wrote is still there.
  expect((await recurring.job("one").history()).map(({ scheduledAt }) => scheduledAt)).toEqual(
    ["08:03", "08:02", "08:01", "08:00"].map((time) => new Date(`2026-03-02T${time}:00Z`)),
  );
});

it("hears of a change that another worker claims by, and goes by it", async () => {
  await start(2);
  await pass(60);
  await recurring.define("fourth", "* * * * *", Digest.prepare());
  await pass(60);

  await recurring.job("fourth").update({ schedule: "30 * * * *" });
  await pass(3_600);

  const runs = await recurring.job("fourth").history();
  expect(runs.slice(0, 2).map(({ scheduledAt }) => scheduledAt)).toEqual([
    new Date("2026-03-02T08:30:00Z"),
    new Date("2026-03-02T08:01:00Z"),
  ]);
});

interface Started {
  readonly enqueue: ReturnType<typeof vi.fn<Adapter["enqueue"]>>;
}

/** Each knows the store by an adapter of its own. */
async function start(count: number): Promise<Started[]> {
  const definitions = KEYS.map((key) =>
    define(key, "* * * * *", Digest.prepare(), { timeZone: "UTC" }),
  );
  const workers = Array.from({ length: count }, (_, index) => {
    const enqueue = vi.fn<Adapter["enqueue"]>((...given) => adapter.enqueue(...given));
    const scheduler = new RecurringScheduler({
      adapter: { store: adapter.store, enqueue } as unknown as Adapter,
      documents: adapter.documents,
      logger: silentLogger,
      definitions,
      worker: `worker-${index}`,
      timeout: 5,
    });
    scheduler.start();
    onTestFinished(() => scheduler.stop());
    return { enqueue };
  });
  await pass(0);
  return workers;
}

async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000 + 5);
}
