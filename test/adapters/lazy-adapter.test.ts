import { describe, expect, it } from "vitest";
import { adapterContract } from "../../src/adapter-contract/contract.ts";
import { jid, payloadOf } from "../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../src/adapter-contract/test-lease.ts";
import type { Adapter } from "../../src/adapters/adapter.ts";
import { LazyAdapter } from "../../src/adapters/lazy-adapter.ts";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import { silentLogger } from "../../src/support/logger.ts";

const FACE = new MemoryAdapter({ logger: silentLogger });

adapterContract(
  "LazyAdapter",
  async () => {
    let now = 1_800_000_000;
    const clock = { now: () => now };
    const adapter = lazy(async () => new MemoryAdapter({ logger: silentLogger, clock }));
    return {
      adapter,
      tick: 1,
      connect: async () => adapter,
      elapse: async (seconds) => {
        now += seconds;
      },
      dispose: () => adapter.close(),
    };
  },
  { sequences: 5 },
);

describe("LazyAdapter", () => {
  it("is not opened for being closed, and not after that", async () => {
    const adapter = lazy(() => expect.unreachable("it was closed"));

    await adapter.close();

    await expect(adapter.status("a")).rejects.toThrow(
      "Cannot use this adapter: it was closed. Make a new one",
    );
  });

  it("closes what was opened", async () => {
    const opened = new MemoryAdapter({ logger: silentLogger });
    const adapter = lazy(async () => opened);
    await adapter.status("a");

    await adapter.close();

    await expect(opened.enqueue([entry("a")])).rejects.toThrow(/is closed/);
    await expect(adapter.enqueue([entry("a")])).rejects.toThrow(/is closed/);
  });

  it("tries again to open what could not be opened", async () => {
    const made = [
      () => Promise.reject(new Error("not there")),
      async () => new MemoryAdapter({ logger: silentLogger }),
    ];
    const adapter = lazy(() => made.shift()!());

    await expect(adapter.status("a")).rejects.toThrow("not there");

    expect(await adapter.status("a")).toBe("unknown");
    await adapter.close();
  });

  it("has the adapter look for what others did, where that does", async () => {
    const made = [memory(), Object.assign(memory(), { sweep: async () => 3 })];
    const without = lazy(async () => made[0]!);
    const having = lazy(async () => made[1]!);

    expect([await without.sweep(), await having.sweep()]).toEqual([0, 3]);
    await Promise.all([without.close(), having.close()]);
  });

  it("does not listen for whom has stopped meanwhile", async () => {
    const adapter = lazy(async () => new MemoryAdapter({ logger: silentLogger }));
    await adapter.enqueue([entry("a")]);
    const heard: string[] = [];

    const stopped = adapter.notes.listen(jid("a"), () => heard.push("stopped"));
    stopped.stop();
    await stopped.ready;
    const listening = adapter.notes.listen(jid("a"), () => heard.push("listening"));
    await listening.ready;
    const lease = await TestLease.open(adapter, { identity: "host:1:0", ttl: 60 });
    const job = await lease.fetchOne();
    await lease.settle({ job, jid: jid("a"), kind: "done", result: { text: "1", seconds: 60 } });

    expect(heard).toEqual(["listening"]);
    await lease.close();
    await adapter.close();
  });
});

function memory(): MemoryAdapter {
  return new MemoryAdapter({ logger: silentLogger });
}

function lazy(open: () => Promise<Adapter>): LazyAdapter {
  return new LazyAdapter(FACE, open);
}

function entry(name: string): { jid: string; queue: string; payload: string } {
  return { jid: jid(name), queue: "default", payload: payloadOf(name) };
}
