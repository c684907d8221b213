// Leaves a job in each place of one adapter, some in one that it closes, and many adapters without any.
import type { Outcome } from "../../../src/adapters/adapter.ts";
import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";

const adapter = new MemoryAdapter();
const lease = await adapter.lease({
  identity: "worker",
  ttl: Infinity,
  info: { hostname: "", pid: 0, tag: "", startedAt: 0.5, concurrency: 1, queues: [["*", 1]] },
  state: () => ({ quiet: false, busy: 0 }),
  onWork: () => {},
  onDue: () => {},
});
const entry = { queue: "default", payload: "{}" };
await adapter.enqueue(["done", "dead", "retry"].map((jid) => ({ ...entry, jid })));
const { jobs } = await lease.exchange([], { queues: undefined, limit: 3 });
const more = [
  { kind: "done" },
  { kind: "dead", payload: "{}" },
  { kind: "retry", payload: "{}", queue: "default", at: Date.now() },
] as const;
await lease.exchange(jobs.map((job, index): Outcome => ({ job, jid: undefined, ...more[index]! })));
await adapter.enqueue([
  { ...entry, jid: "enqueued" },
  { ...entry, jid: "scheduled", at: Date.now() },
  { ...entry, jid: "blocked", prereqs: ["enqueued"] },
]);

for (let count = 0; count < 20; count += 1) {
  const drained = new MemoryAdapter();
  await drained.enqueue([{ ...entry, jid: "a" }]);
  await drained.store.clear({ queue: "default" });
}

const closed = new MemoryAdapter();
await closed.enqueue([{ ...entry, jid: "a" }]);
await closed.close();
