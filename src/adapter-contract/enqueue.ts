import { describe, expect, it } from "vitest";
import type { Entry } from "../adapters/adapter.ts";
import { AdapterError } from "../adapters/adapter-error.ts";
import { block, dead, done, fieldsOf, jid, nameOf, payloadOf, retry } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };

export function enqueueContract(create: CreateStore): void {
  describe("enqueue", () => {
    it("puts jobs into their queues, in order", async () => {
      const rig = await Rig.open(create);

      await rig.enqueueAll(["a", "b", "c"]);
      await rig.enqueue("m", { queue: "mailers" });

      expect(await rig.names(DEFAULT)).toEqual(["a", "b", "c"]);
      expect(await rig.names({ queue: "mailers" })).toEqual(["m"]);
      expect(await rig.store.queueNames()).toEqual(["default", "mailers"]);
    });

    it("takes a batch for many queues and times", async () => {
      const rig = await Rig.open(create);

      await rig.adapter.enqueue([
        await rig.entry("a"),
        await rig.entry("m", { queue: "mailers" }),
        await rig.entry("later", { inTicks: 3 }),
        await rig.entry("behind", { prereqs: ["a"] }),
        await rig.entry("b"),
      ]);

      expect(await rig.names(DEFAULT)).toEqual(["a", "b"]);
      expect(await rig.names({ queue: "mailers" })).toEqual(["m"]);
      expect(await rig.names({ set: "scheduled" })).toEqual(["later"]);
      expect(await rig.names({ set: "blocked" })).toEqual(["behind"]);
    });

    it.each([86_400, -86_400])(
      "reckons with a delay by the clock of the store, where the sender's is %d s off",
      async (off) => {
        const rig = await Rig.open(create);
        const at = (await rig.now()) + 30 + off;

        await rig.adapter.enqueue([{ ...(await rig.entry("a")), at, delay: 30 }]);

        const stored = await rig.find({ set: "scheduled" }, "a");
        expect(Math.abs((stored.at ?? 0) - (await rig.now()) - 30)).toBeLessThan(5);
      },
    );

    it("takes records of several lines, as Ruby may have written them", async () => {
      const rig = await Rig.open(create);
      const entries = [await rig.entry("a"), await rig.entry("b")].map((entry) => ({
        ...entry,
        payload: JSON.stringify(JSON.parse(entry.payload), undefined, 2),
      }));

      await rig.adapter.enqueue(entries);

      expect(await rig.names(DEFAULT)).toEqual(["a", "b"]);
    });

    it("takes an empty batch", async () => {
      const rig = await Rig.open(create);

      await rig.adapter.enqueue([]);

      expect(await rig.store.queueNames()).toEqual([]);
    });

    it("takes a batch of more than 1,000 jobs, in order", async () => {
      const rig = await Rig.open(create);
      const names = Array.from({ length: 2_500 }, (_, index) => `job${index}`);

      await rig.enqueueAll(names);

      expect(await rig.names(DEFAULT, 1_000)).toEqual(names);
    });

    it("shows what it accepted to other adapters on the store at once", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();

      await rig.enqueue("a");

      expect(await other.status(jid("a"))).toBe("enqueued");
    });

    it("takes a time that has come as now", async () => {
      const rig = await Rig.open(create);

      await rig.enqueue("past", { at: (await rig.now()) - 10 });
      await rig.enqueue("epoch", { at: 0 });

      expect(await rig.names(DEFAULT)).toEqual(["past", "epoch"]);
    });

    it("keeps a job of the future out of its queue", async () => {
      const rig = await Rig.open(create);

      await rig.enqueue("a", { inTicks: 2 });

      expect(await rig.status("a")).toBe("scheduled");
      expect(await rig.store.queueNames()).toEqual([]);
    });

    it.each<[string, Partial<Entry>]>([
      ["an empty jid", { jid: "" }],
      ["an empty queue", { queue: "" }],
      ["a payload that is no text", { payload: undefined as unknown as string }],
      ["a time that is no number", { at: NaN }],
      ["an endless time", { at: Infinity }],
      ["a fraction as priority", { priority: 0.5 }],
      ["an empty jid as prerequisite", { prereqs: [""] }],
    ])("takes nothing of a batch with %s", async (_case, wrong) => {
      const rig = await Rig.open(create);
      const batch = [await rig.entry("a"), { ...(await rig.entry("b")), ...wrong }];

      await expect(rig.adapter.enqueue(batch)).rejects.toThrow(TypeError);

      expect(await rig.status("a")).toBe("finished");
      expect(await rig.store.queueNames()).toEqual([]);
    });

    it("accepts nothing once the adapter is closed", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();
      const entry = await rig.entry("a");

      await other.close();
      await other.close();

      await expect(other.enqueue([entry])).rejects.toThrow(AdapterError);
    });

    sameJid(create);
  });
}

function sameJid(create: CreateStore): void {
  describe("with a jid that the store has", () => {
    const again = { jid: jid("a"), queue: "other", payload: payloadOf("again", "other") };

    it("keeps the first of a batch", async () => {
      const rig = await Rig.open(create);

      await rig.adapter.enqueue([await rig.entry("a"), again, await rig.entry("b")]);

      expect(await rig.names(DEFAULT)).toEqual(["a", "b"]);
      expect(await rig.store.size({ queue: "other" })).toBe(0);
    });

    it("keeps the first of a batch, though its queue comes up again", async () => {
      const rig = await Rig.open(create);
      const first = await rig.entry("a", { queue: "other" });

      await rig.adapter.enqueue([await rig.entry("b"), first, await rig.entry("a")]);

      expect(await rig.names(DEFAULT)).toEqual(["b"]);
      expect(await rig.names({ queue: "other" })).toEqual(["a"]);
    });

    it("changes nothing when a batch is sent twice", async () => {
      const rig = await Rig.open(create);

      await rig.enqueueAll(["a", "b"]);
      await rig.enqueueAll(["a", "b"]);

      expect(await rig.names(DEFAULT)).toEqual(["a", "b"]);
    });

    it("accepts the rest of such a batch", async () => {
      const rig = await Rig.open(create);

      await rig.enqueueAll(["a", "b"]);
      await rig.enqueueAll(["a", "b", "c"]);

      expect(await rig.names(DEFAULT)).toEqual(["a", "b", "c"]);
    });

    it("has it once when many send it at the same time", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();
      const batch = [await rig.entry("a"), await rig.entry("b")];

      await Promise.all([rig.adapter, other, rig.adapter, other].map((to) => to.enqueue(batch)));

      expect(await rig.names(DEFAULT)).toEqual(["a", "b"]);
    });

    it("changes nothing while the job is scheduled", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a", { inTicks: 3 });

      await rig.adapter.enqueue([again]);

      expect(await rig.status("a")).toBe("scheduled");
      expect(await rig.store.queueNames()).toEqual([]);
    });

    it("changes nothing while the job is blocked", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("a", { prereqs: ["first"] });

      await rig.adapter.enqueue([again]);

      expect(await rig.status("a")).toBe("blocked");
      expect(await rig.store.queueNames()).toEqual(["default"]);
    });

    it("changes nothing while the job runs, nor when it ends", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      await rig.adapter.enqueue([again]);
      expect(await rig.status("a")).toBe("running");
      await lease.settle(done(job));

      expect(await rig.status("a")).toBe("finished");
    });

    it("changes nothing while the job waits for its retry", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      await lease.settle(retry(job, (await rig.now()) + rig.ttl));

      await rig.adapter.enqueue([again]);

      expect(await rig.status("a")).toBe("retrying");
    });

    it("changes nothing while a running job became blocked", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "first"]);
      const { lease, job } = await rig.run("a");
      await lease.settle(block(job, ["first"]));

      await rig.adapter.enqueue([again]);

      expect(await rig.status("a")).toBe("blocked");
    });

    it("changes nothing while the job is dead", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      await lease.settle(dead(job));

      await rig.adapter.enqueue([again]);

      expect(await rig.status("a")).toBe("dead");
    });

    it("makes a new job of it once that one is done", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      await lease.settle(done(job));

      await rig.adapter.enqueue([again]);

      const [found] = await rig.stored({ queue: "other" });
      expect(nameOf(found!.payload)).toBe("again");
      expect(fieldsOf(found!.payload)).toHaveProperty("enqueued_at");
    });
  });
}
