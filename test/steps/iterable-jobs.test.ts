import { AdapterError, Job, type Source } from "mandate";
import { describe, expect, it } from "vitest";
import type { Iterations } from "../../src/adapters/iterations.ts";
import { onEach, type StepsRig } from "./steps-rig.ts";

/** What Sidekiq 8.1 has `Job#perform` do, said here. */
class ImportRows extends Job {
  static source: Source<string, number>;
  static each: (item: string) => unknown;
  static seen: string[];

  perform(): Promise<void> {
    return this.iterate(
      "rows",
      ImportRows.source,
      (item) => {
        ImportRows.seen.push(item);
        return ImportRows.each(item);
      },
      { inclusive: true },
    );
  }

  override onStart(): void {
    ImportRows.seen.push("start");
  }

  override onResume(): void {
    ImportRows.seen.push("resume");
  }

  override onCancel(): void {
    ImportRows.seen.push("cancel");
  }
}

const LETTERS = ["a", "b", "c", "d"];

function given(each: (item: string) => unknown, source: Source<string, number> = LETTERS): void {
  Object.assign(ImportRows, { source, each, seen: [] });
}

/** `undefined` where Ruby does not share the store. */
function iterationsOf(rig: StepsRig): Iterations | undefined {
  return rig.store.adapter.notes.iterations;
}

describe("a job that Ruby's IterableJob may run", () => {
  onEach((open) => {
    it("tells it how far it is, and forgets that once it is done", async () => {
      const rig = await open();
      given((item) => item === "b" && rig.stop());
      const job = await ImportRows.performLater();

      await rig.run();
      const state = await iterationsOf(rig)?.read(job.id);
      const kinds = await rig.work();

      expect(kinds).toEqual(["done"]);
      expect(ImportRows.seen).toEqual(["start", "a", "b", "resume", "c", "d"]);
      expect([
        undefined,
        { executions: 1, cursor: "2", runtime: 0, isCancelled: false },
      ]).toContainEqual(state && { ...state, runtime: Math.floor(state.runtime) });
      expect(await iterationsOf(rig)?.read(job.id)).toBeUndefined();
    });

    it("goes on from where Ruby was", async () => {
      const rig = await open();
      given(() => undefined);
      const job = await ImportRows.performLater();
      const state = { executions: 2, cursor: "3", runtime: 7.5 };
      await iterationsOf(rig)?.write(job.id, state);

      await rig.run();

      const isShared = iterationsOf(rig) !== undefined;
      expect(ImportRows.seen).toEqual(isShared ? ["resume", "d"] : ["start", ...LETTERS]);
    });

    it("begins with the item whose cursor Ruby has, where its source does", async () => {
      const rig = await open();
      given(
        (item) => item === "c" && rig.stop(),
        function* (cursor) {
          for (let at = cursor ?? 0; at < LETTERS.length; at += 1) yield [LETTERS[at] ?? "", at];
        },
      );
      const job = await ImportRows.performLater();
      await iterationsOf(rig)?.write(job.id, { executions: 1, cursor: "1", runtime: 1 });

      await rig.run();
      const state = await iterationsOf(rig)?.read(job.id);
      await rig.run();

      expect([undefined, "3"]).toContain(state?.cursor);
      expect(ImportRows.seen.filter((each) => each.length === 1).slice(-3)).toEqual([
        "b",
        "c",
        "d",
      ]);
    });

    it("fails with what an item throws, and has told Ruby before", async () => {
      const rig = await open();
      given((item) => {
        if (item === "c") throw new Error("c is broken");
      });
      const job = await ImportRows.performLater();

      await rig.run();

      expect([undefined, "2"]).toContain((await iterationsOf(rig)?.read(job.id))?.cursor);
    });

    it("ends where Ruby has cancelled it", async () => {
      const rig = await open();
      const iterations = iterationsOf(rig);
      given((item) => {
        if (item === "b") rig.stop();
      });
      if (iterations === undefined) return;
      const job = await ImportRows.performLater();
      await rig.run();
      const read = iterations.read.bind(iterations);
      iterations.read = async (jid) => {
        const state = await read(jid);
        return state && { ...state, isCancelled: true };
      };

      expect(await rig.run()).toMatchObject({ kind: "done", ended: "cancelled" });
      expect(ImportRows.seen).toEqual(["start", "a", "b", "cancel"]);
      expect(await read(job.id)).toBeUndefined();
    });

    it("ends where Ruby cancels it while it runs", async () => {
      const rig = await open();
      const iterations = iterationsOf(rig);
      given((item) => item === "b" && rig.stop());
      if (iterations === undefined) return;
      await ImportRows.performLater();
      const write = iterations.write.bind(iterations);
      iterations.write = async (...args) => {
        await write(...args);
        return true;
      };

      expect(await rig.run()).toMatchObject({ kind: "done", ended: "cancelled" });
    });

    it("goes on though Ruby cannot be told", async () => {
      const rig = await open();
      const iterations = iterationsOf(rig);
      given((item) => item === "b" && rig.stop());
      if (iterations === undefined) return;
      await ImportRows.performLater();
      iterations.write = () => Promise.reject(new AdapterError("the store is away"));

      expect((await rig.run()).kind).toBe("release");
      expect(rig.log.troubles).toEqual(["Could not tell Ruby how far ImportRows is"]);
    });
  });
});
