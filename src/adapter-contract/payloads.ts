import { describe, expect, it } from "vitest";
import type { Outcome } from "../adapters/adapter.ts";
import { dead, jid, release, retry } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";
import type { TestLease } from "./test-lease.ts";

const DEFAULT = { queue: "default" };
const HEAD = `"class":"Job","queue":"default","jid":"${jid("a")}"`;

/** Texts of objects, which get a stamp at their end. */
const OBJECTS: readonly (readonly [string, string])[] = [
  ["unicode", `{${HEAD},"args":["ŝ → 日本 👩‍👩‍👧 \u2028 \u0000é"]}`.replace("\u0000", "\\u0000")],
  ["big integers", `{${HEAD},"args":[9007199254740993,18446744073709551616,-0]}`],
  ["floats without a fraction", `{${HEAD},"args":[1.0,1e25,1.50,-0.0]}`],
  ["spaces and escapes", `{ ${HEAD} , "args" : [ "a\\/b\\u00e9" ] }`],
  ["empty lists and objects", `{${HEAD},"args":[[],{},""]}`],
  ["a hostile key", `{${HEAD},"args":[{"__proto__":{"polluted":true}}]}`],
  ["the same key twice", `{${HEAD},"args":[1],"args":[2]}`],
  ["a brace inside a string", `{${HEAD},"args":["}","{\\"enqueued_at\\":1}"]}`],
];

const OTHERS: readonly (readonly [string, string])[] = [
  ["broken JSON", '{"class":"Job","args":['],
  ["no JSON", "hello"],
  ["an empty text", ""],
  ["a list", "[1,2,3]"],
  ["a list of objects", '[{"a":1}]'],
  ["a number", "1.0"],
  ["a text with spaces around", ' {"args":[]} '],
];

export function payloadContract(create: CreateStore): void {
  describe("a payload", () => {
    it.each(OBJECTS)("keeps its bytes and gets a stamp at the end: %s", async (_case, payload) => {
      const rig = await Rig.open(create);
      const before = await rig.now();

      const texts = await roundTrip(rig, payload);

      const [kept, stamp] = split(texts.fetched);
      expect(kept).toBe(payload);
      expect(stamp).toBeGreaterThanOrEqual(before - 0.001);
      expect(stamp).toBeLessThanOrEqual((await rig.now()) + 0.001);
      expect(texts.inQueue).toBe(texts.fetched);
      expect(texts.running).toBe(texts.fetched);
      expect(texts.inQueueAgain).toBe(texts.fetched);
      expect(texts.dead).toBe(payload);
    });

    it.each(OTHERS)("is kept as it is where it is no object's text: %s", async (_case, payload) => {
      const rig = await Rig.open(create);

      const texts = await roundTrip(rig, payload);

      expect(new Set(Object.values(texts))).toEqual(new Set([payload]));
    });

    it("may be 10 MB long", async () => {
      const rig = await Rig.open(create);
      const payload = `{${HEAD},"args":["${"0123456789".repeat(1_000_000)}"]}`;

      const { fetched, dead: died } = await roundTrip(rig, payload);

      expect(split(fetched)[0] === payload).toBe(true);
      expect(died === payload).toBe(true);
    });

    it("is stamped with a fraction, or other libraries read milliseconds", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");

      const { payload } = await rig.find(DEFAULT, "a");

      expect(payload).toMatch(/,"enqueued_at":\d+\.\d+\}$/);
    });

    it("is not stamped while it is scheduled, or waits for a retry", async () => {
      const rig = await Rig.open(create);
      const entry = await rig.entry("later", { inTicks: 20 });
      await rig.adapter.enqueue([entry, await rig.entry("failing")]);
      const { lease, job } = await rig.run("failing");
      const outcome = retry(job, (await rig.now()) + rig.ttl);
      await lease.settle(outcome);

      const scheduled = await rig.find({ set: "scheduled" }, "later");
      const retrying = await rig.find({ set: "retry" }, "failing");

      expect(scheduled.payload).toBe(entry.payload);
      expect(retrying.payload).toBe((outcome as { payload: string }).payload);
    });

    it("gets its stamp anew, not a second one, each time it enters a queue", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const first = await rig.find(DEFAULT, "a");

      await rig.elapse(1);
      await rig.store.move(DEFAULT, first, "queue", first.payload);

      const second = await rig.find(DEFAULT, "a");
      expect(second.payload.match(/enqueued_at/g)).toHaveLength(1);
      expect(split(second.payload)[0]).toBe(split(first.payload)[0]);
      expect(split(second.payload)[1]).toBeGreaterThan(split(first.payload)[1]);
    });

    it.each(["retry", "requeue"] as const)(
      "waits for a delay by the clock of its store: %s",
      async (kind) => {
        const rig = await Rig.open(create);
        const entry = await rig.entry("a");
        await rig.adapter.enqueue([entry]);
        const { lease, job } = await rig.run("a");
        const { payload, queue } = entry;

        // As of a worker whose clock is a day ahead, or behind.
        const at = (await rig.now()) + (kind === "retry" ? 86_400 : -86_400);
        await lease.settle({ kind, job, jid: jid("a"), payload, queue, at, delay: 30 });

        const stored = await rig.find({ set: kind === "retry" ? "retry" : "scheduled" }, "a");
        expect(Math.abs((stored.at ?? 0) - (await rig.now()) - 30)).toBeLessThan(5);
      },
    );

    it("without a jid in it is settled all the same", async () => {
      const rig = await Rig.open(create);
      await rig.adapter.enqueue([{ jid: jid("a"), queue: "default", payload: "oops" }]);
      const lease = await rig.lease();
      const job = await lease.fetchOne();

      await lease.settle({ job, jid: undefined, kind: "dead", payload: "oops" });

      expect((await rig.stored({ set: "dead" })).map(({ payload }) => payload)).toEqual(["oops"]);
      expect(await rig.store.running()).toEqual([]);
    });
  });
}

interface Texts {
  readonly inQueue: string;
  readonly fetched: string;
  readonly running: string;
  readonly inQueueAgain: string;
  readonly dead: string;
}

/** What an adapter makes of a payload on its way through. */
async function roundTrip(rig: Rig, payload: string): Promise<Texts> {
  await rig.adapter.enqueue([{ jid: jid("a"), queue: "default", payload }]);
  const lease = await rig.lease({ ttl: Infinity });
  const inQueue = await textIn(rig);
  const job = await lease.fetchOne();
  await lease.renew();
  const running = (await rig.store.running())[0]!.payload;
  await settle(lease, { ...release({ ...job, payload: '{"args":["a"]}' }), job });
  const inQueueAgain = await textIn(rig);
  const again = await lease.fetchOne();
  const outcome = dead({ ...again, payload: '{"args":["a",0]}' });
  await settle(lease, { ...outcome, payload, job: again } as Outcome);
  const died = (await rig.stored({ set: "dead" }))[0]!.payload;
  return { inQueue, fetched: job.payload, running, inQueueAgain, dead: died };
}

async function settle(lease: TestLease, outcome: Outcome): Promise<void> {
  const { refused } = await lease.settle(outcome);
  expect(refused).toEqual([]);
}

async function textIn(rig: Rig): Promise<string> {
  return (await rig.stored(DEFAULT))[0]!.payload;
}

/** The text before its stamp, and the stamp. */
function split(payload: string): [string, number] {
  const at = payload.lastIndexOf(',"enqueued_at":');
  return [`${payload.slice(0, at)}}`, Number(payload.slice(at + 15, -1))];
}
