import { Batch, Command } from "mandate";
import { performEnqueuedJobs, useTestAdapter } from "mandate/testing";
import { describe, expect, it } from "vitest";
import { OpenTelemetryRig } from "./opentelemetry-rig.ts";

class Row extends Command {
  call(): void {}
}

class Tell extends Command {
  static {
    this.queueAs("callbacks");
  }
  call(): void {}
}

describe("spans of a batch", () => {
  it("say which it is, and the callback's run is linked to where the batch was made", async () => {
    using _ = useTestAdapter();
    const rig = new OpenTelemetryRig();

    const batch = await Batch.create({ onSuccess: Tell.prepare() }, () => Row.defer());
    await performEnqueuedJobs();

    const [run, callback] = ["default", "callbacks"].map((queue) => rig.span(`process ${queue}`));
    expect(run?.attributes["mandate.batch.id"]).toBe(batch.id);
    expect(callback?.attributes["mandate.batch.id"]).toBe(batch.id);
    const { spanId } = rig.span("send callbacks").spanContext();
    expect(callback?.links.map((link) => link.context.spanId)).toEqual([spanId]);
  });
});
