import { Command, jobDetails, type JobHandle } from "mandate";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { clock } from "../../../src/support/clock.ts";
import { onEachEngine, type GuardRig } from "../guard-rig.ts";

let runs: string[] = [];

class Quote extends Command.initializeWith((symbol: string) => ({ symbol })) {
  static {
    this.expiresIn("1 hour");
  }

  call(): void {
    runs.push(this.symbol);
  }
}

beforeEach(() => {
  runs = [];
});

describe("expiresIn", () => {
  onEachEngine((openRig) => {
    const open = async (): Promise<GuardRig> => {
      const rig = await openRig();
      await followStore(rig);
      return rig;
    };

    it("discards what has not started in time, wherever it waited", async () => {
      const rig = await open();
      const first = await Quote.defer("waits for longest");
      const jobs = [
        first,
        await Quote.defer("late"),
        await Quote.set({ priority: 5 }).defer("late in a lane"),
        await Quote.set({ fairKey: "a" }).defer("late in a round"),
        await Quote.set({ prereqJobs: [first] }).defer("late behind another"),
      ];
      await Quote.defer("in time", { wait: "2 hours" });
      await Quote.set({ expiresIn: "3 hours" }).defer("patient");
      await Quote.set({ expiresIn: false }).defer("for ever");
      await elapse(rig, 2 * 3_600 + 1);

      await rig.work();

      expect(runs.toSorted()).toEqual(["for ever", "in time", "patient"]);
      expect(await outcomes(jobs)).toEqual(jobs.map(() => "finished"));
      expect(await rig.adapter.store.counters()).toMatchObject({ failed: 0 });
    });

    it("tells operators when", async () => {
      const rig = await open();
      const job = await Quote.defer("soon");

      const details = await jobDetails(job.id);

      const left = (details?.entry.expiresAt?.getTime() ?? 0) / 1000 - clock.now();
      expect(left).toBeGreaterThan(3_500);
      expect(left).toBeLessThanOrEqual(3_600);
      await rig.work();
    });

    it("holds while a job waits for a limit, and takes no turn then", async () => {
      class Limited extends Quote {
        static {
          this.limitConcurrency({ to: 1 });
        }
      }
      const rig = await open();
      await Limited.set({ expiresIn: false }).defer("runs");
      await Limited.defer("waits for too long");
      await Limited.set({ expiresIn: false }).defer("waits");
      const lease = await rig.lease();
      const job = await rig.fetch(lease);
      expect(await rig.fetch(lease)).toBeUndefined();
      await elapse(rig, 3_601);
      await rig.runOn(lease, job!);

      await rig.work();

      expect(runs).toEqual(["runs", "waits"]);
    });

    it("lets go of the key that a unique job held", async () => {
      class Once extends Quote {
        static {
          this.unique();
        }
      }
      const rig = await open();
      await Once.defer("a");
      expect((await Once.defer("a")).isDuplicate).toBe(true);
      await elapse(rig, 3_601);
      await rig.work();

      const again = await Once.defer("a");
      await rig.work();

      expect(again.isDuplicate).toBe(false);
      expect(runs).toEqual(["a"]);
    });

    it("holds for retries", async () => {
      class Failing extends Quote {
        static {
          this.retryOn(Error, { wait: "2 hours", jitter: 0 });
        }
        override call(): void {
          super.call();
          throw new Error("busy");
        }
      }
      const rig = await open();
      const job = await Failing.defer("once");
      expect(await rig.work()).toEqual(["retry"]);
      await elapse(rig, 2 * 3_600 + 1);

      await rig.work();

      expect(runs).toEqual(["once"]);
      expect(await job.status()).toBe("finished");
    });
  });
});

/** Lets time pass for the store and for this process. */
async function elapse(rig: GuardRig, seconds: number): Promise<void> {
  await rig.elapse(seconds);
  await followStore(rig);
}

/** A worker looks at its own clock, which is not Redis's, whose time is set. */
async function followStore({ adapter }: GuardRig): Promise<void> {
  if (adapter.name === "redis") {
    const { now } = clock;
    const ahead = (await adapter.store.now()) - now();
    clock.now = () => now() + ahead;
    onTestFinished(() => void (clock.now = now));
  }
}

function outcomes(jobs: readonly JobHandle[]): Promise<string[]> {
  return Promise.all(jobs.map((job) => job.status()));
}
