import { describe, expect, it } from "vitest";
import type { PrereqFailure } from "../adapters/adapter.ts";
import { block, dead, done, ended, failed, fieldsOf, jid } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };
const DEAD = { set: "dead" } as const;

/**
 * Ways in which a job named "first", which waits in the default queue, ends without success; and
 * how that is told.
 */
const ENDS: readonly (readonly [string, string, (rig: Rig) => Promise<unknown>])[] = [
  ["dies", "is dead", (rig) => settle(rig, dead)],
  ["is discarded", "was discarded", (rig) => settle(rig, (job) => ended(job, "discarded"))],
  ["is discarded as a failure", "was discarded", (rig) => settle(rig, failed)],
  ["expires", "expired before it was run", (rig) => settle(rig, (job) => ended(job, "expired"))],
  ["is cancelled while it waits", "was cancelled", (rig) => rig.store.cancel(jid("first"))],
  [
    "is cancelled while it runs",
    "was cancelled",
    async (rig) => {
      const { lease, job } = await rig.run("first");
      await rig.store.cancel(jid("first"));
      await lease.settle(ended(job, "cancelled"));
    },
  ],
  [
    "is deleted",
    "was deleted",
    async (rig) => rig.store.delete(DEFAULT, await rig.find(DEFAULT, "first")),
  ],
  [
    "is deleted with others",
    "was deleted",
    async (rig) => rig.store.deleteAll(DEFAULT, await rig.stored(DEFAULT)),
  ],
  ["is cleared away", "was deleted", (rig) => rig.store.clear(DEFAULT)],
];

export function prereqFailureContract(create: CreateStore): void {
  describe.each(ENDS)("a prerequisite that %s", (_how, words, end) => {
    it("ends what waits for it, by the rule of each", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      for (const prereqFailure of ["release", "bury", "cancel"] as const) {
        await rig.enqueue(prereqFailure, { prereqs: ["first"], queue: "then", prereqFailure });
      }

      await end(rig);
      await rig.releaseBlocked();

      expect(await endsOf(rig)).toEqual(ENDED);
      expect(await whyBuried(rig)).toContain(
        `job ${jid("first")}, which it waited for, ${words}. `,
      );
    });

    it("ends what comes to wait for it later, by then", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await end(rig);
      await rig.releaseBlocked();

      await rig.adapter.enqueue(
        await Promise.all(
          (["release", "bury", "cancel"] as const).map((prereqFailure) =>
            rig.entry(prereqFailure, { prereqs: ["first"], queue: "then", prereqFailure }),
          ),
        ),
      );

      expect(await endsOf(rig)).toEqual(ENDED);
      expect(await whyBuried(rig)).toContain(
        `job ${jid("first")}, which it waited for, ${words}. `,
      );
      expect(await rig.releaseBlocked()).toEqual([]);
    });
  });

  describe("a job that is to be cancelled with its prerequisite", () => {
    it("runs where all that it waits for is done", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      await rig.enqueue("then", { prereqs: ["a", "b"], prereqFailure: "cancel" });
      const lease = await rig.lease();
      const [a, b] = await lease.fetch();

      await lease.settle(done(a!), done(b!));
      await rig.releaseBlocked();

      expect(await rig.status("then")).toBe("enqueued");
    });

    it("is followed by what waits for it, each by its own rule", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("then", { prereqs: ["first"], prereqFailure: "cancel" });
      await rig.enqueue("cancelled", { prereqs: ["then"], prereqFailure: "cancel" });
      await rig.enqueue("released", { prereqs: ["then"] });
      await rig.enqueue("buried", { prereqs: ["cancelled"], prereqFailure: "bury" });

      await settle(rig, failed);
      await rig.releaseBlocked();

      expect(await rig.statuses("then", "cancelled", "released", "buried")).toEqual({
        then: "cancelled",
        cancelled: "cancelled",
        released: "enqueued",
        buried: "dead",
      });
    });

    it("takes a thousand along in slices of at most 500", async () => {
      const rig = await Rig.open(create);
      const names = Array.from({ length: 1_000 }, (_, index) => `n${index}`);
      await rig.enqueue("first");
      await rig.enqueueAll(names, { prereqs: ["first"], prereqFailure: "cancel" });

      await settle(rig, failed);

      expect(await rig.releaseBlocked()).toEqual([500, 500]);
      expect(await rig.store.size({ set: "blocked" })).toBe(0);
      expect(await rig.status("n999")).toBe("cancelled");
    });

    it("takes its own along at once that came in with it", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await settle(rig, failed);

      await rig.adapter.enqueue([
        await rig.entry("a", { prereqs: ["first"], prereqFailure: "cancel" }),
        await rig.entry("b", { prereqs: ["a"], prereqFailure: "cancel" }),
        await rig.entry("c", { prereqs: ["b"], prereqFailure: "bury" }),
      ]);

      expect(await rig.statuses("a", "b", "c")).toEqual({
        a: "cancelled",
        b: "cancelled",
        c: "dead",
      });
    });

    it("lets go at once what came in with one that is buried, and asks for no success", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await settle(rig, failed);

      await rig.adapter.enqueue([
        await rig.entry("a", { prereqs: ["first"], prereqFailure: "bury" }),
        await rig.entry("b", { prereqs: ["a"], prereqFailure: "release" }),
        await rig.entry("c", { prereqs: ["a"], prereqFailure: "bury" }),
        await rig.entry("d", { prereqs: ["c"], prereqFailure: "cancel" }),
      ]);

      expect(await rig.statuses("a", "b", "c", "d")).toEqual({
        a: "dead",
        b: "enqueued",
        c: "dead",
        d: "cancelled",
      });
      expect(await rig.stored({ set: "blocked" })).toEqual([]);
    });

    it("leaves to the next release what others wait for", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("other");
      await rig.enqueue("free", { prereqs: ["other"] });
      await rig.store.cancel(jid("other"));

      await rig.enqueue("then", { prereqs: ["other"], prereqFailure: "bury" });

      expect(await rig.statuses("free", "then")).toEqual({ free: "blocked", then: "dead" });
      expect(await rig.releaseBlocked()).toEqual([1]);
    });

    it("waits for no other prerequisite", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["first", "other"]);
      await settle(rig, failed);

      await rig.enqueue("then", { prereqs: ["other", "first"], prereqFailure: "cancel" });

      expect(await rig.statuses("other", "then")).toEqual({ other: "enqueued", then: "cancelled" });
    });

    it.each<PrereqFailure>(["cancel", "bury"])(
      "ends with the next release where it comes to wait in a run: %s",
      async (prereqFailure) => {
        const rig = await Rig.open(create);
        await rig.enqueueAll(["first", "then"]);
        await settle(rig, failed);
        const { lease, job } = await rig.run("then");

        const { releasable } = await lease.settle(block(job, ["first"], prereqFailure));
        expect(releasable).toBe(true);
        expect(await rig.status("then")).toBe("blocked");

        expect(await rig.releaseBlocked()).toEqual([1]);
        expect(await rig.status("then")).toBe(prereqFailure === "bury" ? "dead" : "cancelled");
      },
    );
  });

  describe("a prerequisite that failed once and is done now", () => {
    it("is a success where it was dead, and retried", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await settle(rig, dead);
      const stored = await rig.find(DEAD, "first");
      await rig.store.move(DEAD, stored, "queue", stored.payload);
      await rig.finish("first");

      await rig.enqueue("then", { prereqs: ["first"], prereqFailure: "cancel" });

      expect(await rig.status("then")).toBe("enqueued");
    });

    it("is a success where it was discarded, kept, and run anew", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      const { lease, job } = await rig.run("first");
      const finished = { payload: job.payload, group: "Job", count: 10, seconds: 60 };
      await lease.settle({ ...failed(job), kind: "done", finished });
      const place = { set: "finished" } as const;
      const stored = await rig.find(place, "first");
      expect(await rig.store.move(place, stored, "queue", stored.payload)).toBe(true);
      await lease.settle(done(await lease.fetchOne()));

      await rig.enqueue("then", { prereqs: ["first"], prereqFailure: "cancel" });

      expect(await rig.status("then")).toBe("enqueued");
    });
  });

  describe("how a job ended without success", () => {
    it.for([
      ["deleted", "was deleted"],
      ["trimmed", "is dead"],
    ] as const)("is remembered of a dead one that was %s", async ([how, words], { skip }) => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["first", "next"]);
      const lease = await rig.lease();
      const [first, next] = await lease.fetch();
      await lease.settle(dead(first!));
      if (how === "trimmed") {
        // Of an adapter that takes no defaults nobody here knows when it trims.
        if (rig.adapter.useDefaults === undefined) skip();
        rig.adapter.useDefaults?.({ deadMaxJobs: 1 });
        await lease.settle(dead(next!));
      } else {
        await rig.store.delete(DEAD, await rig.find(DEAD, "first"));
      }
      expect(await rig.store.find(DEAD, jid("first"))).toBeUndefined();

      await rig.enqueue("then", { prereqs: ["first"], prereqFailure: "bury" });

      const { error_message } = fieldsOf((await rig.find(DEAD, "then")).payload);
      expect(error_message).toContain(`job ${jid("first")}, which it waited for, ${words}. `);
      expect(await rig.status("first")).toBe("finished");
    });

    it("is remembered for an hour", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["first", "second"]);
      await rig.store.cancel(jid("first"));
      expect(await rig.status("first")).toBe("cancelled");

      // Where the store's clock cannot be set nobody waits for that long.
      const isLong = rig.tick >= 1;
      await rig.elapse(isLong ? 3_601 / rig.tick : 0);
      await rig.store.cancel(jid("second"));

      expect(await rig.statuses("first", "second")).toEqual({
        first: isLong ? "finished" : "cancelled",
        second: "cancelled",
      });
    });
  });
}

/** Runs the job named "first" to that end. */
async function settle(rig: Rig, outcome: typeof dead): Promise<void> {
  const { lease, job } = await rig.run("first");
  await lease.settle(outcome(job));
  await lease.close();
}

/** By the rule of each. */
const ENDED = { release: "enqueued", bury: "dead", cancel: "cancelled" };

async function endsOf(rig: Rig): Promise<unknown> {
  return rig.statuses("release", "bury", "cancel");
}

async function whyBuried(rig: Rig): Promise<unknown> {
  return fieldsOf((await rig.find(DEAD, "bury")).payload)["error_message"];
}
