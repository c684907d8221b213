import { Batch, Command } from "mandate";
import { describe, expect, it, onTestFinished } from "vitest";
import { clock } from "../../src/support/clock.ts";
import { useKeys } from "../encryption/keys.ts";
import { onEachEngine } from "../guards/guard-rig.ts";

/** What ran, in its order. */
const ran: string[] = [];

class Work extends Command.initializeWith((name: string) => ({ name })) {
  call() {
    ran.push(this.name);
  }
}

class Tell extends Command.initializeWith((text: string) => ({ text })) {
  async call() {
    const { done, total } = (await this.batch?.status()) ?? {};
    ran.push(`${this.text} ${done}/${total}`);
  }
}

const callbacks = (): object => ({
  onSuccess: Tell.prepare("success"),
  onComplete: Tell.prepare("complete"),
});

describe("a batch", () => {
  onEachEngine((open) => {
    it("counts jobs whose arguments are encrypted, and tells by such callbacks", async () => {
      const rig = await open();
      useKeys("2026-05");
      class Secret extends Work {
        static {
          this.encryptArguments();
        }
      }
      class TellSecret extends Tell {
        static {
          this.encryptArguments();
        }
      }
      ran.length = 0;

      const batch = await Batch.create({ onSuccess: TellSecret.prepare("success") }, () =>
        Secret.defer("4111 1111"),
      );
      const [record] = await rig.records();
      await rig.work();

      expect(record?.batch).toBe(batch.id);
      expect(JSON.stringify(record)).not.toContain("4111");
      expect(ran).toEqual(["4111 1111", "success 1/1"]);
    });

    it("waits for jobs that are over a limit", async () => {
      const rig = await open();
      class Limited extends Work {
        static {
          this.limitConcurrency({ to: 1, by: () => "all" });
        }
      }
      ran.length = 0;
      const batch = await Batch.create(callbacks(), async () => {
        for (const name of ["a", "b", "c"]) await Limited.defer(name);
      });
      const lease = await rig.lease();
      const first = await rig.fetch(lease);
      expect(await rig.fetch(lease)).toBeUndefined();
      expect(await batch.status()).toMatchObject({ pending: 3, running: 1 });

      await rig.runOn(lease, first as never);
      await lease.close();
      await rig.work();

      expect(ran).toEqual(["a", "b", "c", "complete 3/3", "success 3/3"]);
    });

    it("is cancelled with those that wait for a turn or a token", async () => {
      const rig = await open();
      class Rated extends Work {
        static {
          this.limitRate({ to: 1, per: "1 hour", burst: 1 });
        }
      }
      ran.length = 0;
      const batch = await Batch.create(callbacks(), async () => {
        for (const name of ["a", "b", "c"]) await Rated.defer(name);
      });
      await rig.work();

      await batch.cancel();
      await rig.work();

      expect(await batch.status()).toMatchObject({ pending: 0, done: 3 });
      expect(ran).toEqual(["a", "complete 3/3"]);
    });

    it("is left by jobs that a limit discards", async () => {
      const rig = await open();
      class Dropped extends Work {
        static {
          this.limitRate({ to: 1, per: "1 hour", burst: 1, onLimit: "discard" });
        }
      }
      ran.length = 0;

      await Batch.create(callbacks(), async () => {
        for (const name of ["a", "b"]) await Dropped.defer(name);
      });
      await rig.work();

      expect(ran).toEqual(["a", "complete 2/2", "success 2/2"]);
    });

    it("is not joined by a duplicate, whose job is another's", async () => {
      const rig = await open();
      class Once extends Work {
        static {
          this.unique();
        }
      }
      ran.length = 0;
      const outside = await Once.defer("a");

      const batch = await Batch.create(callbacks(), async () => {
        expect(await Once.defer("a")).toMatchObject({ isDuplicate: true, id: outside.id });
        await Once.defer("b");
        await Once.defer("b");
      });

      expect((await batch.status()).total).toBe(1);
      await rig.work();
      expect(ran).toEqual(["a", "b", "complete 1/1", "success 1/1"]);
    });

    it("is left by jobs whose time is over", async () => {
      const rig = await open();
      ran.length = 0;
      await Batch.create(callbacks(), async () => {
        await Work.defer("late", { expiresIn: "1 minute" });
        await Work.defer("kept");
      });

      // Whether a job's time is over its worker says.
      const { now } = clock;
      clock.now = () => now() + 120;
      onTestFinished(() => void (clock.now = now));
      await rig.work();

      expect(ran).toEqual(["kept", "complete 2/2", "success 2/2"]);
    });

    it("is never a success where a dead job was trimmed, and says so", async () => {
      const rig = await open();
      rig.adapter.useDefaults?.({ deadMaxJobs: 1 });
      const state = { isBad: true };
      class Bad extends Work {
        static {
          this.retry(0);
        }
        override call() {
          if (state.isBad) throw new Error("this job dies");
          super.call();
        }
      }
      ran.length = 0;
      const batch = await Batch.create(callbacks(), async () => {
        for (const name of ["a", "b"]) await Bad.defer(name);
      });
      await rig.work();
      expect(await rig.records({ set: "dead" })).toHaveLength(1);
      state.isBad = false;

      expect(await batch.retryDead()).toBe(1);
      await rig.work();

      expect(ran).toEqual(["complete 0/2", "b"]);
      const status = await batch.status();
      expect(status).toMatchObject({ total: 2, pending: 0, done: 1, dead: 1 });
      expect(status.succeededAt).toBeUndefined();
    });

    it("takes turns with other batches, where its jobs are fair", async () => {
      const rig = await open();
      class Fair extends Work {
        static {
          this.fairBy((name) => name.slice(0, 1));
        }
      }
      ran.length = 0;
      for (const tenant of ["a", "b"]) {
        await Batch.create({ onSuccess: Tell.prepare(tenant) }, async () => {
          for (const row of [1, 2, 3]) await Fair.defer(`${tenant}${row}`);
        });
      }

      await rig.work();

      expect(ran.slice(0, 6)).toEqual(["a1", "b1", "a2", "b2", "a3", "b3"]);
      expect(ran.slice(6).toSorted()).toEqual(["a 3/3", "b 3/3"]);
    });
  });
});
