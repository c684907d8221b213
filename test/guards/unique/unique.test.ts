import { abort, changeJob, Command, deferAfter, deferAll, globalId, Job, jobById } from "mandate";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DuplicateJobError } from "../../../src/guards/unique/duplicate-job-error.ts";
import { onEachEngine, type GuardRig } from "../guard-rig.ts";

const ran: string[] = [];
/** What the next runs of `Sync` do, in turn. */
const fates: ((sync: Sync) => void)[] = [];

class Account {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}

class Sync extends Command.initializeWith((account: string, force = false) => ({
  account,
  force,
})) {
  static {
    this.unique({ by: (account) => account });
    this.keepResult("1 hour");
  }

  call(): string {
    ran.push(`${this.account} ${this.force}`);
    fates.shift()?.(this);
    return `synced ${this.account}`;
  }

  /** Of a running job, which may ask for it. */
  again(): never {
    return this.requeueJob(0);
  }
}

class All extends Job {
  static {
    this.unique();
  }

  perform(...args: readonly unknown[]): void {
    ran.push(String(args.length));
  }
}

class Start extends Command.initializeWith((name: string) => ({ name })) {
  static {
    this.unique({ until: "started", by: () => "one" });
  }

  call(): void {
    ran.push(this.name);
  }
}

class Hourly extends Command.initializeWith((name: string) => ({ name })) {
  static {
    this.unique({ until: "expired", ttl: "1 hour", by: () => "one" });
  }

  call(): void {
    ran.push(this.name);
  }
}

class Loud extends Command.initializeWith((name: string) => ({ name })) {
  static {
    this.unique({ onConflict: "raise" });
  }

  call(): void {}
}

class Latest extends Command.initializeWith((id: number, text: string) => ({ id, text })) {
  static {
    this.unique({ onConflict: "replace", by: (id) => id });
  }

  call(): void {
    ran.push(this.text);
  }
}

class Plain extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {
    ran.push(this.name);
  }
}

beforeAll(() => {
  globalId.register<Account>("Account", {
    find: (id) => new Account(Number(id)),
    is: (value) => value instanceof Account,
  });
});

beforeEach(() => {
  ran.length = 0;
  fates.length = 0;
});

describe("unique jobs", () => {
  onEachEngine((open) => {
    it("are there once, and each caller's handle is that job's", async () => {
      const rig = await open();
      const first = await Sync.defer("a");
      const second = await Sync.defer("a", true);
      const other = await Sync.defer("b");

      expect([first, second, other].map((job) => job.isDuplicate)).toEqual([false, true, false]);
      expect(second.id).toBe(first.id);
      expect(second.record.jid).toBe(first.id);
      expect(await second.status()).toBe("enqueued");
      expect(await rig.work()).toEqual(["done", "done"]);
      expect(ran).toEqual(["a false", "b false"]);
      expect(await second.result({ timeout: 1 })).toBe("synced a");
      expect((await Sync.defer("a")).isDuplicate).toBe(false);
    });

    it("are told apart by all arguments, where the class does not say by what", async () => {
      await open();
      const { id } = await All.performLater(new Account(1), { a: 1, b: 2 });

      const same = await All.performLater(new Account(1), { b: 2, a: 1 });
      const others = await Promise.all([
        All.performLater(new Account(2), { a: 1, b: 2 }),
        All.performLater(new Account(1), { a: 1 }),
        All.performLater("gid://app/Account/1", { a: 1, b: 2 }),
      ]);

      expect(same.id).toBe(id);
      expect(others.some((job) => job.isDuplicate)).toBe(false);
    });

    it("keep their key through retries, requeues and releases, and pass their own lock", async () => {
      const rig = await open();
      const { id } = await Sync.defer("a");
      fates.push(() => {
        throw new Error("first");
      });
      expect(await rig.work()).toEqual(["retry"]);
      expect((await Sync.defer("a")).id).toBe(id);

      expect((await changeJob("retry", id)).done).toBe(true);
      expect((await Sync.defer("a")).id).toBe(id);
      const lease = await rig.lease();
      await rig.fetch(lease);
      await lease.close();
      expect((await Sync.defer("a")).id).toBe(id);

      fates.push((sync) => sync.again());
      expect(await rig.work()).toEqual(["requeue", "done"]);
      expect((await Sync.defer("a")).isDuplicate).toBe(false);
    });

    it("may be enqueued anew once they are dead, and then the dead one stays dead", async () => {
      const rig = await open();
      const { id } = await Sync.defer("a");
      fates.push(() => {
        throw new Error("once");
      });
      await rig.work();
      expect((await changeJob("kill", id)).done).toBe(true);

      const next = await Sync.defer("a");

      expect(next.isDuplicate).toBe(false);
      expect((await changeJob("retry", id)).done).toBe(false);
      expect(await jobById(id).status()).toBe("dead");
      await rig.work();
      expect((await changeJob("retry", id)).done).toBe(true);
      expect((await Sync.defer("a")).id).toBe(id);
    });

    it.each([
      ["cancelled", (id: string) => jobById(id).cancel()],
      ["deleted", (id: string) => changeJob("delete", id)],
      ["cleared away", (_: string, rig: GuardRig) => rig.adapter.store.clear({ queue: "default" })],
      ["killed", (id: string) => changeJob("kill", id)],
    ])("let go of their key when they are %s", async (_, takeAway) => {
      const rig = await open();
      const { id } = await Sync.defer("a");

      await takeAway(id, rig);

      expect((await Sync.defer("a")).isDuplicate).toBe(false);
    });

    it("are promoted with their key, and a duplicate does not make them earlier", async () => {
      const rig = await open();
      const { id } = await Sync.defer("a", false, { wait: "1 hour" });
      const sooner = await Sync.defer("a");
      expect([sooner.id, await sooner.status()]).toEqual([id, "scheduled"]);

      await changeJob("promote", id);

      expect((await Sync.defer("a")).id).toBe(id);
      expect(await rig.work()).toEqual(["done"]);
    });

    it("keep their key where a worker dies", async () => {
      const rig = await open();
      const { id } = await Sync.defer("a");
      const lost = await rig.lease(60);
      expect(await rig.fetch(lost)).toBeDefined();
      await rig.elapse(61);
      await rig.adapter.recover();

      expect((await Sync.defer("a")).id).toBe(id);
      expect(await rig.work()).toEqual(["done"]);
      expect((await Sync.defer("a")).isDuplicate).toBe(false);
    });

    it("are one of those in a deferAll, the first", async () => {
      const rig = await open();
      await Sync.defer("b");
      const prepared = ["a", "b", "a", "c"].map((account) => Sync.prepare(account));

      const handles = await deferAll(prepared);

      expect(handles.map((job) => job.isDuplicate)).toEqual([false, true, true, false]);
      expect(handles[2]?.id).toBe(handles[0]?.id);
      expect(await rig.records()).toHaveLength(3);
    });

    it("have what waits for a duplicate wait for the one that is there", async () => {
      const rig = await open();
      const first = await Sync.defer("a");
      const duplicate = Sync.prepare("a");
      const together = Plain.prepare("together", { prereqJobs: [duplicate] });

      await deferAll([together, duplicate]);
      await Plain.defer("later", { prereqJobs: [duplicate] });

      expect(duplicate.id).toBe(first.id);
      const blocked = await rig.adapter.store.page({ set: "blocked" }, undefined, 10);
      expect(blocked.jobs).toHaveLength(2);
      await rig.work();
      expect(ran).toEqual(["a false", "together", "later"]);
    });

    it("have what was prepared behind a duplicate before wait for the one that is there", async () => {
      const rig = await open();
      const first = await Sync.defer("a");
      const duplicate = Sync.prepare("a");
      const prereqJobs = [duplicate, "0".repeat(24)];
      const after = Plain.prepare("after", { prereqJobs });

      await deferAll([duplicate]);
      await deferAll([after]);

      expect(after.record.prereq_jobs).toEqual([first.id, "0".repeat(24)]);
      expect(await after.status()).toBe("blocked");
      await rig.work();
      expect(ran).toEqual(["a false", "after"]);
    });

    it("stay duplicates where they are sent again", async () => {
      const rig = await open();
      const first = await Sync.defer("a");
      const duplicate = Sync.prepare("a");
      await deferAll([duplicate]);

      await deferAll([duplicate]);

      expect([duplicate.isDuplicate, duplicate.id]).toEqual([true, first.id]);
      expect(await rig.records()).toHaveLength(1);
    });

    it("have what waits for a duplicate of an earlier slice wait for the one that is there", async () => {
      const rig = await open();
      const duplicates = Array.from({ length: 502 }, () => Start.prepare("x"));
      const last = duplicates.at(-1) as (typeof duplicates)[number];
      const waiting = Plain.prepare("after", { prereqJobs: [duplicates[1] as never, last] });

      const handles = await deferAll([...duplicates, waiting]);

      expect(new Set(handles.map(({ id }) => id)).size).toBe(2);
      expect(await waiting.status()).toBe("blocked");
      await rig.work();
      expect(ran).toEqual(["x", "after"]);
    });

    it("wait in line no longer than they are there: until a run begins", async () => {
      const rig = await open();
      await Start.defer("first");
      expect((await Start.defer("second")).isDuplicate).toBe(true);
      const lease = await rig.lease();
      const running = await rig.fetch(lease);

      const meanwhile = await Start.defer("third");
      await rig.runOn(lease, running as never);

      expect(meanwhile.isDuplicate).toBe(false);
      expect(await rig.work()).toEqual(["done"]);
      expect(ran).toEqual(["first", "third"]);
    });

    it("keep others away for their ttl, whatever becomes of them", async () => {
      const rig = await open();
      const { id } = await Hourly.defer("first");
      await rig.work();
      expect((await Hourly.defer("second")).id).toBe(id);

      await rig.elapse(3_601);

      expect((await Hourly.defer("third")).isDuplicate).toBe(false);
      await rig.work();
      expect(ran).toEqual(["first", "third"]);
    });

    it("free their key after a ttl though they live", async () => {
      const rig = await open();
      class Net extends Command {
        static {
          this.unique({ ttl: "1 minute" });
        }

        call(): void {}
      }
      await Net.defer();
      expect((await Net.defer()).isDuplicate).toBe(true);

      await rig.elapse(61);

      expect((await Net.defer()).isDuplicate).toBe(false);
      expect(await rig.records()).toHaveLength(2);
    });

    it("raise where their class says so, and name who is there", async () => {
      const rig = await open();
      const { id } = await Loud.defer("a");

      const error = await Loud.defer("a").catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(DuplicateJobError);
      expect(error).toMatchObject({
        code: "MANDATE_DUPLICATE_JOB",
        className: "Loud",
        key: "unique:Loud:a",
        holder: id,
        message:
          `Cannot defer Loud: job ${id} is there already, and holds the key of this one. ` +
          "Wait for that job (jobById), or defer with { unique: false }",
      });
      expect(await rig.records()).toHaveLength(1);
    });

    it("raise of a deferAll once the others are there", async () => {
      const rig = await open();
      const jobs = ["a", "a", "b"].map((name) => Loud.prepare(name));

      await expect(deferAll(jobs)).rejects.toThrow(DuplicateJobError);

      expect(jobs.map((job) => job.isDuplicate)).toEqual([false, true, false]);
      expect(await rig.records()).toHaveLength(2);
    });

    it("replace the one that waits, which keeps its id and what waits for it", async () => {
      const rig = await open();
      const first = await Latest.set({ wait: "1 hour" }).defer(1, "first");
      await Plain.defer("after", { prereqJobs: [first] });

      const second = await Latest.set({ queue: "urgent" }).defer(1, "second");

      expect([second.id, second.isDuplicate]).toEqual([first.id, true]);
      await rig.work();
      expect(ran).toEqual(["second", "after"]);
    });

    it("leave one that runs alone: the latest of those that come meanwhile runs after it", async () => {
      const rig = await open();
      await Latest.defer(1, "first");
      const lease = await rig.lease();
      const running = await rig.fetch(lease);

      const second = await Latest.defer(1, "second");
      const third = await Latest.defer(1, "third");

      expect([second.isDuplicate, third.isDuplicate]).toEqual([false, true]);
      expect(third.id).toBe(second.id);
      expect(await rig.work()).toEqual([]);
      await rig.runOn(lease, running as never);
      expect(await rig.work()).toEqual(["done"]);
      expect(ran).toEqual(["first", "third"]);
    });

    it("share their keys with other classes, whichever of them says so", async () => {
      await open();
      class Import extends Command.initializeWith((account: string) => ({ account })) {
        static {
          this.unique({ across: [Sync] });
        }

        call(): void {}
      }
      const sync = await Sync.defer("a");

      expect((await Import.defer("a")).id).toBe(sync.id);
      const { id } = await Import.defer("b");
      expect((await Sync.defer("b")).id).toBe(id);
      expect((await Import.defer("b")).id).toBe(id);
    });

    it("are enqueued all the same where the call says so", async () => {
      const rig = await open();
      await Sync.defer("a");

      const second = await Sync.defer("a", true, { unique: false });

      expect(second.isDuplicate).toBe(false);
      expect(await rig.records()).toHaveLength(2);
    });

    it("are about what the call says, if it does", async () => {
      await open();
      const first = await Sync.set({ uniqueKey: "nightly" }).defer("a");

      expect((await Sync.set({ uniqueKey: "nightly" }).defer("b")).id).toBe(first.id);
      expect((await Sync.defer("a")).isDuplicate).toBe(false);
      const plain = await Plain.set({ uniqueKey: "nightly" }).defer("a");
      expect((await Plain.set({ uniqueKey: "nightly" }).defer("b")).id).toBe(plain.id);
    });

    it("are sent by deferAfter, and known as duplicates then", async () => {
      await open();
      const { id } = await Sync.defer("a");

      const job = await deferAfter(async () => {
        const inside = await Sync.defer("a");
        expect(inside.isDuplicate).toBe(false);
        return inside;
      });

      expect([job.isDuplicate, job.id]).toEqual([true, id]);
    });

    it("are cancelled by a duplicate's handle, in whichever queue they are", async () => {
      await open();
      const job = await Sync.set({ queue: "low" }).defer("a");
      const duplicate = await Sync.set({ queue: "high" }).defer("a");

      expect(await duplicate.cancel()).toBe(true);
      expect(await job.status()).toBe("cancelled");
    });

    it("run inline whatever is there", async () => {
      await open();
      await Sync.defer("a");

      expect(Sync.call("a")).toBe("synced a");
      expect(await Sync.set({}).performNow("a")).toBe("synced a");
    });

    it("have those callbacks around a duplicate that are before and around it, and no after", async () => {
      await open();
      const seen: string[] = [];
      class Called extends Command {
        static {
          this.unique();
          this.beforeEnqueue(() => void seen.push("before"));
          this.aroundEnqueue(async (job, next) => {
            await next();
            seen.push(`around ${job.isDuplicate}`);
          });
          this.afterEnqueue(() => void seen.push("after"));
        }

        call(): void {}
      }
      const { id } = await Called.defer();
      expect(seen.splice(0)).toEqual(["before", "after", "around false"]);

      const duplicate = await Called.defer();

      expect(duplicate.id).toBe(id);
      expect(seen).toEqual(["before", "around true"]);
    });

    it("raise inside of callbacks, too", async () => {
      await open();
      const seen: unknown[] = [];
      class Called extends Command {
        static {
          this.unique({ onConflict: "raise" });
          this.aroundEnqueue(async (_, next) => {
            await next().catch((error: unknown) => {
              seen.push(error);
              throw error;
            });
          });
        }

        call(): void {}
      }
      await Called.defer();

      await expect(Called.defer()).rejects.toThrow(DuplicateJobError);
      expect(seen[0]).toBeInstanceOf(DuplicateJobError);
    });

    it("hold no key where a callback kept them away", async () => {
      await open();
      let isHalted = true;
      class Halted extends Command {
        static {
          this.unique();
          this.beforeEnqueue(() => {
            if (isHalted) throw abort;
          });
        }

        call(): void {}
      }
      expect(await Halted.defer()).toBeUndefined();
      isHalted = false;

      expect((await Halted.defer()).isDuplicate).toBe(false);
    });
  });
});
