import { describe, expect, it, vi } from "vitest";
import { Lifecycle, type WorkerEvent } from "../../src/worker/lifecycle.ts";
import { Log } from "./log.ts";

function lifecycleWith(log = new Log()): Lifecycle {
  return new Lifecycle(() => log);
}

describe("Lifecycle", () => {
  it("calls the listeners of an event, and waits for them", async () => {
    const lifecycle = lifecycleWith();
    const calls: string[] = [];
    lifecycle.on("startup", async () => {
      await Promise.resolve();
      calls.push("first");
    });
    lifecycle.on("startup", () => calls.push("second"));
    lifecycle.on("quiet", () => calls.push("another event"));

    await lifecycle.emit("startup");

    expect(calls.toSorted()).toEqual(["first", "second"]);
  });

  it("calls a listener once, however often it was added", async () => {
    const lifecycle = lifecycleWith();
    const listener = vi.fn<() => void>();
    lifecycle.on("startup", listener);
    lifecycle.on("startup", listener);

    await lifecycle.emit("startup");

    expect(listener).toHaveBeenCalledTimes(1);
  });

  it("does not call a listener that was taken back", async () => {
    const lifecycle = lifecycleWith();
    const listener = vi.fn<() => void>();
    lifecycle.on("startup", listener);

    lifecycle.off("startup", listener);
    await lifecycle.emit("startup");

    expect(listener).not.toHaveBeenCalled();
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("no disk");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no disk"))],
  ])("logs a listener that %s, and calls the others", async (_how, failing) => {
    const log = new Log();
    const lifecycle = lifecycleWith(log);
    const other = vi.fn<() => void>();
    lifecycle.on("shutdown", failing);
    lifecycle.on("shutdown", other);

    await lifecycle.emit("shutdown");

    expect(other).toHaveBeenCalledTimes(1);
    expect(log.lines).toEqual([
      {
        level: "error",
        message: 'A worker\'s "shutdown" listener failed',
        fields: { err: new Error("no disk"), event: "shutdown" },
      },
    ]);
  });

  it("refuses an event that there is not", () => {
    const lifecycle = lifecycleWith();

    expect(() => lifecycle.on("stop" as WorkerEvent, () => undefined)).toThrow(
      new TypeError(
        'Cannot listen to "stop" of a worker: there is no such event. ' +
          "There are: startup, quiet, shutdown, heartbeat",
      ),
    );
    expect(() => lifecycle.off("stop" as WorkerEvent, () => undefined)).toThrow(TypeError);
  });

  it("refuses a listener that is no function", () => {
    expect(() => lifecycleWith().on("quiet", "close" as never)).toThrow(
      new TypeError('Cannot listen to "quiet" of a worker with "close": give a function'),
    );
  });
});
