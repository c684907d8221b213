import {
  changeJob,
  Command,
  deferAll,
  fairKeys,
  limiter,
  locks,
  OverLimitError,
  queue,
  queueStats,
  releaseLock,
  type JobHandle,
} from "mandate";
import { beforeEach, describe, expect, it } from "vitest";
import { onEachEngine } from "./guard-rig.ts";

let runs: unknown[] = [];

class Sync extends Command.initializeWith((what: unknown) => ({ what })) {
  static {
    this.unique();
  }

  call(): void {
    runs.push(this.what);
  }
}

beforeEach(() => {
  runs = [];
});

describe("guards, as one may use them without having read all of it", () => {
  onEachEngine((open) => {
    it("are about values, however odd: each is one key", async () => {
      const rig = await open();
      const odd = [
        "",
        "\n",
        "\u0000",
        "🦆\ud800",
        "a\nb",
        "\u001b[31m",
        0,
        "0",
        false,
        null,
        [],
        {},
      ];

      for (const what of odd) {
        const first = await Sync.defer(what);
        const second = await Sync.defer(what);
        expect([first.isDuplicate, second.isDuplicate, second.id]).toEqual([false, true, first.id]);
      }

      expect(await keysHeld()).toHaveLength(odd.length);
      await rig.work();
      expect(runs).toHaveLength(odd.length);
      expect(await keysHeld()).toEqual([]);
    });

    it("take Infinity, a date and a big number for what they are", async () => {
      await open();
      const odd = [Infinity, -0, 2n ** 70n, new Date(5), new Map([[1, 2]]), new Set([1])];

      for (const what of odd) {
        expect((await Sync.defer(what)).isDuplicate).toBe(false);
        expect((await Sync.defer(what)).isDuplicate).toBe(true);
      }
    });

    it("let a job defer itself as it runs: it is there already", async () => {
      const handles: JobHandle[] = [];
      class Again extends Command.initializeWith((what: string) => ({ what })) {
        static {
          this.unique();
        }
        async call(): Promise<void> {
          handles.push(await Again.defer(this.what));
        }
      }
      const rig = await open();
      const { id } = await Again.defer("a");

      expect(await rig.work()).toEqual(["done"]);
      expect(handles.map((handle) => [handle.isDuplicate, handle.id])).toEqual([[true, id]]);
    });

    it("let a job that is unique until it starts defer its own successor", async () => {
      let left = 3;
      class Again extends Command {
        static {
          this.unique({ until: "started" });
        }
        async call(): Promise<void> {
          left -= 1;
          if (left > 0) await Again.defer();
        }
      }
      const rig = await open();
      await Again.defer();

      expect(await rig.work()).toEqual(["done", "done", "done"]);
    });

    it("do not have a job wait for itself, as where it comes behind its own duplicate", async () => {
      const rig = await open();
      const first = await Sync.defer("a");

      const second = await Sync.set({ prereqJobs: [first] }).defer("a");

      expect(second.id).toBe(first.id);
      expect(await rig.work()).toEqual(["done"]);
    });

    it("do not have a job that replaces one wait for that one", async () => {
      class Latest extends Sync {
        static {
          this.unique({ by: () => "all", onConflict: "replace" });
        }
      }
      const rig = await open();
      const first = await Latest.defer("a");

      await Latest.set({ prereqJobs: [first] })
        .defer("b")
        .catch(() => undefined);
      await rig.work();

      expect(runs).toHaveLength(1);
    });

    it("keep the key of a job in retry, of which the first attempt failed", async () => {
      let isBroken = true;
      class Flaky extends Sync {
        override call(): void {
          if (isBroken) throw new Error("broken");
          super.call();
        }
      }
      const rig = await open();
      const { id } = await Flaky.defer("a");
      expect(await rig.work()).toEqual(["retry"]);
      isBroken = false;

      expect((await Flaky.defer("a")).id).toBe(id);
      await changeJob("retry", id);
      await rig.work();

      expect(runs).toEqual(["a"]);
      expect(await keysHeld()).toEqual([]);
    });

    it("free a key at once, whatever an operator does to its job", async () => {
      await open();
      for (const action of ["cancel", "kill", "delete"] as const) {
        const job = await Sync.defer(action);
        await changeJob(action, job.id);
        expect((await Sync.defer(action)).isDuplicate).toBe(false);
      }
      await queue("default").clear();

      expect(await keysHeld()).toEqual([]);
    });

    it("let a released key be taken, though its first job is there", async () => {
      const rig = await open();
      await Sync.defer("a");
      const [key = ""] = await keysHeld();

      await releaseLock(key);
      const second = await Sync.defer("a");

      expect(second.isDuplicate).toBe(false);
      await rig.work();
      expect(runs).toEqual(["a", "a"]);
      expect(await keysHeld()).toEqual([]);
    });

    it("count what is discarded for its limit as gone, with its unique key", async () => {
      class Strict extends Sync {
        static {
          this.limitConcurrency({ to: 1, onLimit: "discard" });
        }
      }
      const rig = await open();
      await deferAll([Strict.prepare("a"), Strict.prepare("b")]);
      const lease = await rig.lease();
      const first = await rig.fetch(lease);
      const second = await rig.fetch(lease);
      await rig.runOn(lease, second!);

      expect(await keysHeld()).toHaveLength(1);
      await rig.runOn(lease, first!);
      expect(runs).toEqual(["a"]);
      expect(await keysHeld()).toEqual([]);
    });

    it("let a prerequisite be the job whose turn one waits for", async () => {
      class Single extends Sync {
        static {
          this.limitConcurrency({ to: 1 });
        }
      }
      const rig = await open();
      const first = await Single.defer("a");
      await Single.set({ prereqJobs: [first] }).defer("b");

      await rig.work();

      expect(runs).toEqual(["a", "b"]);
    });

    it("let a limit of one by account and one of all be full in turn", async () => {
      class Both extends Sync {
        static {
          this.unique(false);
          this.limitConcurrency({ to: 1, by: (what) => what });
          this.limitConcurrency({ to: 2, group: "all" });
        }
      }
      const rig = await open();
      await deferAll(["a", "a", "b", "b", "c"].map((what) => Both.prepare(what)));
      const lease = await rig.lease();

      const first = await rig.fetch(lease);
      const second = await rig.fetch(lease);
      expect(await rig.fetch(lease)).toBeUndefined();
      await rig.runOn(lease, first!);
      await rig.runOn(lease, second!);
      await rig.work();

      expect(runs.map(String).toSorted()).toEqual(["a", "a", "b", "b", "c"]);
    });

    it("hold back what waits, also where a limit is lowered below what runs", async () => {
      class Many extends Command.initializeWith((to: number) => ({ to })) {
        static {
          this.limitConcurrency({ to: (to) => to });
        }
        call(): void {
          runs.push(this.to);
        }
      }
      const rig = await open();
      await deferAll([Many.prepare(3), Many.prepare(3), Many.prepare(3)]);
      const lease = await rig.lease();
      const first = await rig.fetch(lease);
      const second = await rig.fetch(lease);
      await Many.defer(1);

      expect(await rig.fetch(lease)).toBeUndefined();
      await rig.runOn(lease, first!);
      expect(await rig.fetch(lease)).toBeUndefined();
      await rig.runOn(lease, second!);

      await rig.work();
      expect(runs).toEqual([3, 3, 3, 1]);
    });

    it("do not deadlock where a limiter is entered within itself", async () => {
      await open();
      const one = limiter.concurrent("one", { to: 1, wait: 0 });

      const outcome = await one.within(() =>
        one.within(() => "within").catch((error: unknown) => error),
      );

      expect(outcome).toBeInstanceOf(OverLimitError);
      expect(await one.within(() => "free again")).toBe("free again");
    });

    it("tell two limiters of one name apart by their kinds", async () => {
      await open();
      const calls = limiter.bucket("erp", { to: 1, per: "1 day", wait: 0 });
      const atOnce = limiter.concurrent("erp", { to: 1, wait: 0 });

      expect(await calls.within(() => atOnce.within(() => "both"))).toBe("both");
      await expect(calls.within(() => 1)).rejects.toThrow(OverLimitError);
    });

    it("let a job be unique, limited, fair, late and of a limited queue, all at once", async () => {
      class All extends Sync {
        static {
          this.queueAs("crowded");
          this.unique({ by: (what) => what, onConflict: "replace" });
          this.limitConcurrency({ to: 1 });
          this.limitRate({ to: 1_000, per: "1 second" });
          this.fairBy((what) => what);
          this.expiresIn("1 hour");
        }
      }
      const rig = await open();
      await queue("crowded").limit({ concurrency: 1 });
      const jobs = await deferAll(["a", "b", "a", "c"].map((what) => All.prepare(what)));

      expect(jobs.map((job) => job.isDuplicate)).toEqual([false, false, true, false]);
      expect(await fairKeys("crowded")).toHaveLength(3);
      await rig.work();

      expect(runs.map(String).toSorted()).toEqual(["a", "b", "c"]);
      expect(await keysHeld()).toEqual([]);
      const [stats] = await queueStats();
      expect(stats).toMatchObject({ name: "crowded", size: 0, blocked: 0 });
      await queue("crowded").limit(false);
    });

    it("have a subclass's jobs be no duplicates of its parent's", async () => {
      class Child extends Sync {}
      await open();
      await Sync.defer("a");

      expect((await Child.defer("a")).isDuplicate).toBe(false);
    });

    it("do not see what by does to the arguments that it is given", async () => {
      class Careless extends Command.initializeWith((list: number[]) => ({ list })) {
        static {
          this.unique({ by: (list) => list.toSorted((one, other) => one - other) });
        }
        call(): void {
          runs.push(this.list);
        }
      }
      const rig = await open();
      await Careless.defer([2, 1]);

      expect((await Careless.defer([1, 2])).isDuplicate).toBe(true);
      await rig.work();
      expect(runs).toEqual([[2, 1]]);
    });

    it("let debounced calls of deferAll be one job, with the last arguments", async () => {
      class Index extends Command.initializeWith((id: number, text: string) => ({ id, text })) {
        static {
          this.debounce("5 seconds", { by: (id) => id });
        }
        call(): void {
          runs.push(this.text);
        }
      }
      const rig = await open();
      const jobs = await deferAll([
        Index.prepare(1, "a"),
        Index.prepare(1, "b"),
        Index.prepare(1, "c"),
      ]);

      await rig.elapse(6);
      await rig.work();

      expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
      expect(runs).toEqual(["c"]);
    });

    it("count a promoted debounced job as done: the next call begins anew", async () => {
      class Index extends Command.initializeWith((text: string) => ({ text })) {
        static {
          this.debounce("1 hour", { by: () => "all" });
        }
        call(): void {
          runs.push(this.text);
        }
      }
      const rig = await open();
      const first = await Index.defer("a");
      await changeJob("promote", first.id);
      await rig.work();

      const second = await Index.defer("b");

      expect(runs).toEqual(["a"]);
      expect([second.isDuplicate, await second.status()]).toEqual([false, "scheduled"]);
    });
  });
});

async function keysHeld(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of locks()) keys.push(key);
  return keys;
}
