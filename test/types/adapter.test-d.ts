import { MemoryAdapter } from "mandate";
import type { Adapter, Entry, FetchedJob, JobStore, Lease, Outcome } from "mandate/adapter";
import { RedisAdapter } from "mandate/redis";
import { describe, expectTypeOf, it } from "vitest";

describe("mandate/adapter", () => {
  it("has the types that the library's own adapters are made of", () => {
    expectTypeOf<MemoryAdapter>().toExtend<Adapter>();
    expectTypeOf<RedisAdapter>().toExtend<Adapter>();
    expectTypeOf<Parameters<MemoryAdapter["enqueue"]>[0]>().toEqualTypeOf<readonly Entry[]>();
    expectTypeOf<Awaited<ReturnType<Adapter["lease"]>>>().toEqualTypeOf<Lease>();
    expectTypeOf<Adapter["store"]>().toEqualTypeOf<JobStore>();
  });

  it("refuses an outcome that lacks what its kind needs", () => {
    const settle = (_outcome: Outcome): void => undefined;
    const job: FetchedJob = { queue: "default", payload: "{}", recoveries: 0 };

    settle({ kind: "done", job, jid: undefined });
    // @ts-expect-error a retry has a time
    settle({ kind: "retry", job, jid: undefined, payload: "{}", queue: "default" });
  });

  it("refuses an adapter that lacks a method", () => {
    // @ts-expect-error it settles nothing
    const lease: Lease = { identity: "a", renew: async () => {}, close: async () => {} };

    expectTypeOf(lease).toEqualTypeOf<Lease>();
  });
});
