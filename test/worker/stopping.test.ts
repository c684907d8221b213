import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { jid } from "../../src/adapter-contract/jobs.ts";
import { Rig } from "./running.ts";

describe("a run", () => {
  it("hears that its worker stops, long before its signal is aborted, and may end by itself", async () => {
    const rig = await Rig.started({ shutdownTimeout: "1 hour" });
    await rig.enqueue(["a"]);
    const { environment, end } = await rig.run("a");
    const { stopping, signal } = environment;
    expect(stopping?.aborted).toBe(false);
    const heard = once(stopping!, "abort");

    const stopped = rig.worker.stop();
    await heard;
    expect(signal.aborted).toBe(false);
    end();
    await stopped;

    expect(await rig.adapter.status(jid("a"))).toBe("finished");
    expect(rig.log.troubles).toEqual([]);
  });

  it("hears that its worker is quiet, as Sidekiq's do", async () => {
    const rig = await Rig.started();
    await rig.enqueue(["a"]);
    const { environment } = await rig.run("a");

    await rig.worker.quiet();

    expect(environment.stopping?.aborted).toBe(true);
    expect(environment.signal.aborted).toBe(false);
  });

  it("hears nothing of a lease that was lost but its signal", async () => {
    const rig = await Rig.started({ leaseTtl: 60 });
    await rig.enqueue(["a", "b"]);
    const { environment } = await rig.run("a");

    expect((await rig.run("b")).environment).toBe(environment);
    expect(environment.stopping?.aborted).toBe(false);
  });
});
