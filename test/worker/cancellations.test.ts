import { JobCancelledError } from "mandate";
import { describe, expect, it } from "vitest";
import { cancellationOf } from "../../src/job/inside/cancellation.ts";
import { jid } from "../../src/adapter-contract/jobs.ts";
import { Rig, turns } from "./running.ts";

const cancel = (rig: Rig, name: string): Promise<boolean> => rig.adapter.store.cancel(jid(name));

describe("a worker", () => {
  it("tells a run that its job is cancelled, and no other", async () => {
    const rig = await Rig.started();
    await rig.enqueue(["a", "b"]);
    const [a, b] = await rig.runs("a", "b");

    await cancel(rig, "a");

    expect(cancellationOf(a!.job)).toEqual(new JobCancelledError());
    expect(cancellationOf(b!.job)).toBeUndefined();
  });

  it("does not begin what was fetched ahead and is cancelled", async () => {
    const rig = await Rig.started({
      concurrency: 1,
      endsByItself: (name) => name.startsWith("fast"),
    });
    await rig.enqueue(Array.from({ length: 100 }, (_, index) => `fast${index}`));
    await rig.until(() => rig.ended.length === 100);
    await rig.enqueue(["slow", "b", "c", "d"]);
    await rig.run("slow");
    await turns(5);
    expect(await rig.adapter.status(jid("c"))).toBe("running");
    expect(await rig.adapter.store.workers()).toMatchObject([{ busy: 1, fetchedAhead: 3 }]);

    await cancel(rig, "c");
    await rig.end("slow", "b", "d");
    await rig.eventually(
      () => rig.adapter.status(jid("c")),
      (status) => status === "cancelled",
    );

    expect(rig.begun.slice(100)).toEqual(["slow", "b", "d"]);
    expect(rig.log.troubles).toEqual([
      `Cancelled job ${jid("c")} of queue "default" before it began`,
    ]);
  });
});
