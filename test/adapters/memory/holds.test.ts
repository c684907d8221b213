import { afterEach, describe, expect, it, vi } from "vitest";
import { turn } from "../../../src/adapter-contract/hold-rig.ts";
import { done, jid, payloadOf } from "../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../src/adapter-contract/test-lease.ts";
import { HeldKeys } from "../../../src/adapters/memory/holds/held-keys.ts";
import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";

const JOBS = 20_000;

afterEach(() => {
  vi.restoreAllMocks();
});

describe("MemoryAdapter, with many jobs behind one key", () => {
  it("moves each twice at most because of it, though many leave from the middle", async () => {
    const park = vi.spyOn(HeldKeys.prototype, "park");
    const adapter = new MemoryAdapter({ logger: silentLogger });
    const names = Array.from({ length: JOBS }, (_, index) => `job ${index}`);
    await adapter.enqueue(
      names.map((name) => ({
        jid: jid(name),
        queue: "default",
        payload: payloadOf(name),
        holds: [turn({ to: 2 })],
      })),
    );
    const lease = await TestLease.open(adapter, { identity: "host:1:a", ttl: Infinity });
    const request = { queues: ["default"], limit: 10 };
    let { jobs, isMore } = await lease.exchange([], request);
    while (isMore === true) {
      const next = await lease.exchange([], request);
      jobs = [...jobs, ...next.jobs];
      isMore = next.isMore;
    }
    for (let index = 5_000; index < 6_000; index += 1) {
      await adapter.store.cancel(jid(`job ${index}`));
    }

    let ended = 0;
    while (jobs.length > 0) {
      ended += jobs.length;
      expect(jobs.length).toBeLessThanOrEqual(2);
      ({ jobs } = await lease.exchange(jobs.map(done), request));
    }

    expect(ended).toBe(JOBS - 1_000);
    expect(park.mock.calls.length).toBeLessThanOrEqual(JOBS);
    expect(await adapter.holds.read(["k"])).toEqual([undefined]);
    await lease.close();
    await adapter.close();
  });
});
