import { configure, Job, type Logger } from "mandate";
import { describe, expect, it, vi } from "vitest";
import { runJob } from "../../../src/job/run/run.ts";
import { clock } from "../../../src/support/clock.ts";
import { Rig } from "../rig.ts";

class Plain extends Job {
  perform(..._args: readonly unknown[]): void {
    this.logger.info({ step: 1 }, "working");
  }
}

/** Time that goes on by as much at each look. */
function tick(seconds: number): void {
  let now = 0;
  vi.spyOn(clock, "monotonic").mockImplementation(() => {
    const seen = now;
    now += seconds;
    return seen;
  });
}

describe("the log of a job", () => {
  it("says when it starts, with its arguments, and how long it took, each line with the job", async () => {
    const rig = new Rig();
    tick(0.0042);
    const { id } = await Plain.set({ queue: "low" }).performLater("a", { b: 1 });

    await rig.run();

    const job = { jid: id, job: "Plain", queue: "low" };
    expect(rig.log.lines).toEqual([
      {
        level: "info",
        message: "Performing Plain",
        fields: { ...job, arguments: ["a", { b: 1 }] },
      },
      { level: "info", message: "working", fields: { ...job, step: 1 } },
      {
        level: "info",
        message: "Performed Plain in 4.20 ms",
        fields: { ...job, duration: 0.0042 },
      },
    ]);
    vi.restoreAllMocks();
  });

  it("rounds what took longer", async () => {
    const rig = new Rig();
    tick(1.2345);
    await Plain.performLater();

    await rig.run();

    expect(rig.log.messages().at(-1)).toBe("Performed Plain in 1235 ms");
    vi.restoreAllMocks();
  });

  it("costs nothing where its level is off: nothing is put together, no logger made, nobody asked", async () => {
    const rig = new Rig();
    const asked: string[] = [];
    const logger: Logger = {
      ...silent(asked),
      child: (fields) => (asked.push("child"), { ...silent(asked), ...fields }),
      isLevelEnabled: (level) => level === "warn" || level === "error",
    };
    configure({ logArguments: () => (asked.push("filter"), []) });
    class Quiet extends Job {
      perform(): void {}
    }
    const { record } = await Quiet.performLater();

    await runJob(
      { queue: "default", payload: JSON.stringify(record), recoveries: 0 },
      {
        adapter: rig.adapter,
        logger,
        signal: rig.shutdown.signal,
        errorHandlers: [],
        deathHandlers: [],
      },
    );

    expect(asked).toEqual([]);
  });
});

function silent(asked: string[]): Logger {
  const note = (level: string) => () => void asked.push(level);
  return { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") };
}
