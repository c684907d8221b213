import {
  Command,
  findJob,
  MemoryAdapter,
  registerCommands,
  rotateKeys,
  silentLogger,
  type Step,
} from "mandate";
import { Worker } from "mandate/worker";
import { describe, expect, it } from "vitest";
import { useKeys } from "../encryption/keys.ts";
import { onEach } from "./steps-rig.ts";

class Rows extends Command.initializeWith((account: string) => ({ account })) {
  static each: (row: number) => unknown = () => undefined;
  static done: string[] = [];

  call(): Promise<void> {
    return this.step("rows", async (step: Step<number>) => {
      for (let row = (step.cursor ?? 0) + 1; row <= 3; row += 1) {
        Rows.done.push(`${this.account}${row}`);
        await Rows.each(row);
        await step.advance(row);
      }
    });
  }
}

describe("an interrupted job", () => {
  onEach((open) => {
    it("keeps its unique key", async () => {
      const rig = await open();
      class Import extends Rows {
        static {
          this.unique();
        }
      }
      Rows.each = () => rig.stop();
      const job = await Import.defer("a");

      await rig.run();

      expect(await Import.defer("a")).toMatchObject({ isDuplicate: true, id: job.id });
    });

    it("gives its turn back, and is first in its key's line", async () => {
      const rig = await open();
      class Import extends Rows {
        static {
          this.limitConcurrency({ to: 1, by: () => "imports" });
        }
      }
      Rows.done = [];
      Rows.each = (row) => row === 2 && rig.stop();
      await Import.defer("a");
      await Import.defer("b");
      // The second waits in its key's line while the first runs.
      const other = await rig.store.lease();
      Rows.each = async (row) => {
        if (row !== 2 || Rows.done.length > 2) return;
        expect(await rig.store.fetch(other)).toBeUndefined();
        rig.stop();
      };

      const kinds = await rig.work();

      expect(kinds).toEqual(["release", "done", "done"]);
      expect(Rows.done).toEqual(["a1", "a2", "a3", "b1", "b2", "b3"]);
    });

    it("keeps what it has come to encrypted, where its class encrypts, through a change of keys", async () => {
      const rig = await open();
      useKeys("2026-05");
      class Import extends Rows {
        static {
          this.encryptArguments();
        }

        override async call(): Promise<void> {
          const secret = await this.step("secret", () => "4111 1111");
          Rows.done.push(secret);
          await super.call();
        }
      }
      Rows.done = [];
      Rows.each = (row) => row === 2 && rig.stop();
      const job = await Import.defer("a");

      await rig.run();
      const [record] = await rig.records();
      const found = await findJob(job.id, {}, rig.store.adapter);
      useKeys("2026-11", "2026-05");
      await rotateKeys({}, rig.store.adapter);
      useKeys("2026-11");
      const [rotated] = await rig.records();
      const { kind } = await rig.run();

      expect(record?.steps).toMatch(/^v1\.job\.2026-05\./);
      expect(rotated?.steps).toMatch(/^v1\.job\.2026-11\./);
      expect(found?.entry).toMatchObject({ steps: undefined });
      expect(kind).toBe("done");
      expect(Rows.done).toEqual(["4111 1111", "a1", "a2", "4111 1111", "a3"]);
      expect(rig.errors).toEqual([]);
    });
  });
});

describe("a worker that stops", () => {
  it("hands a job on that can go on elsewhere, long before its deadline", async () => {
    const adapter = new MemoryAdapter({ logger: silentLogger });
    class Import extends Rows {}
    registerCommands(Import);
    Rows.done = [];
    let begun = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    Rows.each = async (row) => {
      if (row === 1) begun();
      if (Rows.done.length === 1) await stopping;
    };
    let stopped = (): void => undefined;
    const stopping = new Promise<void>((resolve) => (stopped = resolve));
    const options = { adapter, logger: silentLogger, shutdownTimeout: "1 hour" } as const;
    const [first, second] = [new Worker(options), new Worker(options)];
    await first.start();
    const job = Import.prepare("a");
    const { jid, queue } = job.record;
    await adapter.enqueue([{ jid, queue, payload: JSON.stringify(job.record) }]);
    await hasBegun;

    const stop = first.stop();
    stopped();
    await stop;
    await second.drain();

    expect(Rows.done).toEqual(["a1", "a2", "a3"]);
    await adapter.close();
  });
});
