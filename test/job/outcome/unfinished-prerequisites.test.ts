import { AdapterError, Job, MemoryAdapter } from "mandate";
import { describe, expect, it } from "vitest";
import { BLOCKED, DEAD, Rig, SCHEDULED } from "../rig.ts";

const ran: string[] = [];

class Step extends Job {
  perform(..._args: readonly unknown[]): void {
    ran.push(this.job?.id ?? "");
  }
}

/** As Ruby enqueues it: into the queue at once. */
function putBehind(rig: Rig, prereqs: unknown, fields = ""): Promise<void> {
  const args = "[1.0, 9007199254740993]";
  return rig.put(
    `{"class":"Step","args":${args},"jid":"poison","prereq_jobs":${JSON.stringify(prereqs)}${fields}}`,
  );
}

describe("a fetched job whose prerequisites are unfinished", () => {
  it("is blocked until they are finished: no failure, the same bytes", async () => {
    const rig = new Rig();
    ran.length = 0;
    await putBehind(rig, ["first", "second"]);
    await Step.set({ jid: "first", wait: 60 }).performLater();

    expect((await rig.run()).kind).toBe("block");

    expect(await rig.adapter.status("poison")).toBe("blocked");
    expect((await rig.stored(BLOCKED))[0]?.payload).toBe(
      '{"class":"Step","args":[1.0, 9007199254740993],"jid":"poison","prereq_jobs":["first","second"]}',
    );
    expect(rig.log.messages("info")).toEqual(["Holding Step: unfinished job first"]);
    expect(await rig.adapter.store.counters()).toEqual({ processed: 0, failed: 0 });

    rig.elapse(60);
    expect(await rig.work()).toEqual(["done", "done"]);
    expect(ran).toEqual(["first", "poison"]);
  });

  it("asks for what is to become of it when they die", async () => {
    const rig = new Rig();
    await putBehind(rig, ["first"], ',"prereq_failure":"bury"');
    await Step.set({ jid: "first", wait: 60 }).performLater();

    expect(await rig.run()).toMatchObject({ kind: "block", prereqFailure: "bury" });
  });

  it("keeps its rule: cancel", async () => {
    const rig = new Rig();
    await putBehind(rig, ["first"], ',"prereq_failure":"cancel"');
    await Step.set({ jid: "first", wait: 60 }).performLater();

    expect(await rig.run()).toMatchObject({ kind: "block", prereqFailure: "cancel" });
  });

  it("takes a prereq_failure that is none for the default", async () => {
    const rig = new Rig();
    await putBehind(rig, ["first"], ',"prereq_failure":"explode"');
    await Step.set({ jid: "first", wait: 60 }).performLater();

    expect(await rig.run()).toMatchObject({ kind: "block", prereqFailure: "release" });
  });

  it.each([[[]], ["first"], [{ 0: "first" }], [[1, null, {}]], [null], [7]])(
    "are %j: that is none",
    async (prereqs) => {
      const rig = new Rig();
      await Step.set({ jid: "first", wait: 60 }).performLater();
      await putBehind(rig, prereqs);

      expect((await rig.run()).kind).toBe("done");
    },
  );

  it("is put back for later where the store does not say: no failure, and no hurry", async () => {
    let isAway = true;
    class Flaky extends MemoryAdapter {
      override unfinished(jids: readonly string[]): Promise<readonly string[]> {
        return isAway
          ? Promise.reject(new AdapterError("Cannot ask: the store is away"))
          : super.unfinished(jids);
      }
    }
    const rig = new Rig(new Flaky());
    await putBehind(rig, ["first"]);

    expect((await rig.run()).kind).toBe("requeue");

    expect((await rig.only(SCHEDULED)).dueIn).toBeCloseTo(5);
    expect(rig.log.troubles).toEqual([
      "Put back Step, whose prerequisites could not be asked for: Cannot ask: the store is away",
    ]);
    isAway = false;
    rig.elapse(5);
    expect(await rig.work()).toEqual(["done"]);
  });

  it("fails with that where the store does not say for an hour, as with any other error", async () => {
    class Mute extends MemoryAdapter {
      override unfinished(): Promise<readonly string[]> {
        return Promise.reject(new AdapterError("Cannot ask: the store is away"));
      }
    }
    const rig = new Rig(new Mute());
    await putBehind(rig, ["first"], ',"retry":0');
    const waits: number[] = [];

    while ((await rig.run()).kind === "requeue") {
      const { dueIn } = await rig.only(SCHEDULED);
      waits.push(Math.round(dueIn));
      rig.elapse(dueIn);
    }

    expect(waits.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
    expect(waits.reduce((sum, wait) => sum + wait)).toBe(3_915);
    const dead = await rig.only(DEAD);
    expect(dead).toMatchObject({ error_class: "AdapterError", retry_count: 0 });
    expect(dead).not.toHaveProperty("held_count");
  });

  it("takes a count that is none for no count", async () => {
    class Mute extends MemoryAdapter {
      override unfinished(): Promise<readonly string[]> {
        return Promise.reject(new AdapterError("Cannot ask: the store is away"));
      }
    }
    const rig = new Rig(new Mute());
    await putBehind(rig, ["first"], ',"held_count":-1e9');

    await rig.run();

    expect(await rig.only(SCHEDULED)).toMatchObject({ held_count: 1 });
  });
});
