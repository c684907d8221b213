import { Command, globalId, type Step } from "mandate";
import { describe, expect, it } from "vitest";
import { onEach } from "./steps-rig.ts";

interface User {
  readonly id: number;
  readonly email: string;
}
const ada: User = { id: 7, email: "ada@example.org" };
globalId.register<User>("ContinuedUser", {
  find: (id) => (id === "7" ? ada : undefined),
  is: (row) => "email" in row,
});

class Import extends Command {
  static {
    this.jobOptions({ wireFormat: "activejob" });
  }

  static work: (command: Import) => unknown;
  static resumptions: (number | undefined)[] = [];

  do<Output, Cursor>(name: string, work: (step: Step<Cursor>) => Output): Promise<Awaited<Output>> {
    return this.step(name, work);
  }

  call(): unknown {
    Import.resumptions.push(this.job?.resumptions);
    return Import.work(this);
  }
}

interface Wrapped {
  readonly args: [{ continuation: unknown; resumptions: unknown; arguments: unknown }];
}

describe("steps of a job that Rails may run", () => {
  onEach((open) => {
    it("are told as Active Job's continuations are", async () => {
      const rig = await open();
      Import.work = async (job) => {
        await job.do("validate", () => "kept");
        await job.do("rows", async (step: Step<User>) => {
          rig.stop();
          await step.advance(ada);
        });
      };
      await Import.defer();

      await rig.run();

      const [record] = (await rig.records()) as unknown as Wrapped[];
      expect(record?.args[0]).toMatchObject({
        continuation: {
          completed: ["validate"],
          current: ["rows", { _aj_globalid: "gid://app/ContinuedUser/7" }],
        },
        resumptions: 0,
      });
    });

    it("go on by what Rails has written, in this form and order", async () => {
      const rig = await open();
      const done: unknown[] = [];
      Import.resumptions = [];
      Import.work = async (job) => {
        done.push(await job.do("validate", () => "again"));
        await job.do("rows", (step) => done.push(step.cursor, step.isResumed));
      };
      const job = Import.prepare();
      const [activeJob] = job.record.args as [object];
      // As Rails 8.1 writes it: `continuation.rb` and `continuable.rb`, serialize.
      const continuation = {
        completed: ["validate"],
        current: ["rows", { _aj_globalid: "gid://app/ContinuedUser/7" }],
      };
      const args = [{ ...activeJob, continuation, resumptions: 2 }];
      const payload = JSON.stringify({ ...job.record, args });
      await rig.store.adapter.enqueue([{ jid: job.id, queue: "default", payload }]);

      expect((await rig.run()).kind).toBe("done");
      expect(done).toEqual([undefined, ada, true]);
      expect(Import.resumptions).toEqual([3]);
    });

    it("keep what only this library knows, as long as Rails has not gone on", async () => {
      const rig = await open();
      const done: unknown[] = [];
      Import.work = async (job) => {
        done.push(await job.do("count", () => 3n));
        await job.do("outer", async () => {
          await job.do("inner", () => done.push("inner"));
          rig.stop();
          await job.do("rest", () => done.push("rest"));
        });
      };
      await Import.defer();

      await rig.run();
      const [record] = (await rig.records()) as unknown as Wrapped[];

      expect(record?.args[0].continuation).toEqual({
        completed: ["count"],
        current: ["outer", null],
      });
      expect((await rig.run()).kind).toBe("release");
      expect(done).toEqual([3n, "inner", 3n]);
    });

    it("have failures counted anew there, too", async () => {
      const rig = await open();
      Import.retryOn(RangeError, { attempts: 2, wait: 0 });
      Import.work = (job) =>
        job.do("rows", async (step: Step<number>) => {
          await step.advance((step.cursor ?? 0) + 1);
          throw new RangeError("a row is broken");
        });
      await Import.defer();

      const kinds = [await rig.run(), await rig.retryNow(), await rig.retryNow()];

      expect(kinds.map(({ kind }) => kind)).toEqual(["retry", "retry", "retry"]);
    });

    it("are what they were where a continuation is none that Rails writes", async () => {
      const rig = await open();
      const cursors: unknown[] = [];
      Import.work = (job) => job.do("rows", (step) => cursors.push(step.cursor));
      for (const continuation of [
        {},
        null,
        5,
        { completed: 5 },
        { current: ["rows"] },
        { completed: [], current: ["rows", 5] },
      ]) {
        const job = Import.prepare();
        const [activeJob] = job.record.args as [object];
        const args = [{ ...activeJob, continuation }];
        const payload = JSON.stringify({ ...job.record, args });
        await rig.store.adapter.enqueue([{ jid: job.id, queue: "default", payload }]);
        await rig.run();
      }

      expect(rig.errors).toEqual([]);
      expect(cursors).toEqual([undefined, undefined, undefined, undefined, undefined, 5]);
    });
  });
});
