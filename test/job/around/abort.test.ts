import { abort, Job } from "mandate";
import { describe, expect, it } from "vitest";
import { Rig } from "../rig.ts";

describe("abort", () => {
  it("is one for all copies of the package, and cannot be changed", () => {
    expect((globalThis as any)[Symbol.for("mandate.abort")]).toBe(abort);
    expect(Object.isFrozen(abort)).toBe(true);
    expect(String(abort)).toBe("Abort: A callback threw abort where nothing listens to it");
  });

  it("halts on both sides, silently, whatever rules there are", async () => {
    const rig = new Rig();
    const told: unknown[] = [];
    class Halted extends Job {
      static {
        this.beforeEnqueue((job) => {
          if (job.arguments[0] === "enqueue") throw abort;
        });
        this.beforePerform((job) => {
          if (job.arguments[0] === "perform") throw abort;
        });
        this.rescueFrom(Error, (error) => told.push(error));
      }

      perform(side: string): void {
        told.push(side);
      }
    }

    expect(await Halted.performLater("enqueue")).toBeUndefined();
    await Halted.performLater("perform");
    await Halted.performLater("neither");

    expect(await rig.work()).toEqual(["done", "done"]);
    expect(told).toEqual(["neither"]);
    expect(rig.log.troubles).toEqual([]);
  });
});
