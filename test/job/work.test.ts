import { Command, Job, type JobHandle, type Logger } from "mandate";
import { describe, expect, it } from "vitest";
import { settings } from "../../src/job/settings.ts";
import { queue, Rig } from "./rig.ts";

interface Seen {
  job: JobHandle | undefined;
  signal: AbortSignal;
  logger: Logger;
}
let seen: Seen;

class Look extends Command {
  call(): void {
    const { job, signal, logger } = this;
    seen = { job, signal, logger };
  }
}

class LookAsJob extends Job {
  perform(): void {
    const { job, signal, logger } = this;
    seen = { job, signal, logger };
  }
}

describe("a command or a job that runs", () => {
  it("sees its job, a signal, and a logger that knows it", async () => {
    const rig = new Rig();
    for (const enqueue of [() => Look.defer(), () => LookAsJob.performLater()]) {
      const { id } = await enqueue();

      await rig.run();
      seen.logger.info({}, "later");

      expect(seen.job?.id).toBe(id);
      expect(seen.signal.aborted).toBe(false);
      expect(rig.log.lines.at(-1)).toMatchObject({ message: "later", fields: { jid: id } });
    }
  });

  it("is its own prerequisite's handle: others can be put behind it", async () => {
    const rig = new Rig();
    await LookAsJob.performLater();
    await rig.run();

    expect(seen.job).toMatchObject({ className: "LookAsJob", queueName: "default" });
    expect(await seen.job?.status()).toBe("finished");
    expect(await rig.stored(queue())).toEqual([]);
  });

  it("has no job inline, a signal that is never aborted, and the configured logger", () => {
    new Rig();

    Look.call();

    expect(seen.job).toBeUndefined();
    expect(seen.signal.aborted).toBe(false);
    expect(seen.logger).toBe(settings().logger);
  });
});
