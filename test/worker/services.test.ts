import { describe, expect, it } from "vitest";
import { Services, type WorkerService } from "../../src/worker/services.ts";
import { Log } from "./log.ts";

/** What happened, in order. */
const told: string[] = [];

function service(name: string, changes: Partial<WorkerService> = {}): WorkerService {
  return {
    start: () => void told.push(`start ${name}`),
    stop: async () => void told.push(`stop ${name}`),
    ...changes,
  };
}

function services(
  parts: Readonly<Record<string, WorkerService>>,
  { logger = new Log(), seconds = 5 } = {},
): Services {
  told.splice(0);
  return new Services(parts, { logger, patience: () => seconds });
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((resolved) => {
    resolve = resolved;
  });
  return { promise, resolve };
}

describe("services", () => {
  it("start in order, one after the other, and stop in reverse", async () => {
    const slow = deferred();
    const all = services({
      a: service("a", { start: () => slow.promise.then(() => void told.push("start a")) }),
      b: service("b"),
    });

    const started = all.start();
    slow.resolve();
    await started;
    await Promise.all([all.stop(), all.stop()]);

    expect(told).toEqual(["start a", "start b", "stop b", "stop a"]);
  });

  it("are stopped in reverse where one fails to start, but for it and those after", async () => {
    const all = services({
      a: service("a"),
      b: service("b"),
      c: service("c", { start: () => Promise.reject(new Error("no")) }),
      d: service("d"),
    });

    await expect(all.start()).rejects.toThrow("no");
    await all.stop();

    expect(told).toEqual(["start a", "start b", "stop b", "stop a"]);
  });

  it("start no more once they are told to stop", async () => {
    const slow = deferred();
    const all = services({ a: service("a", { start: () => slow.promise }), b: service("b") });

    const started = all.start();
    const stopped = all.stop();
    slow.resolve();
    await Promise.all([started, stopped]);

    expect(told).toEqual(["stop a"]);
  });

  it("are not waited for once their time is over, and the others are stopped", async () => {
    const logger = new Log();
    const all = services(
      { a: service("a"), b: service("b", { stop: () => new Promise(() => undefined) }) },
      { logger, seconds: 0.01 },
    );
    await all.start();

    await all.stop();

    expect(told).toEqual(["start a", "start b", "stop a"]);
    expect(logger.troubles).toEqual([
      'Service "b" of the worker did not stop within 0.01 s, and is not waited for any longer',
    ]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["rejects", () => Promise.reject(new Error("broken"))],
  ])("are stopped although the end of one %s", async (_how, stop) => {
    const logger = new Log();
    const all = services({ a: service("a"), b: service("b", { stop }) }, { logger });
    await all.start();

    await all.stop();

    expect(told).toEqual(["start a", "start b", "stop a"]);
    expect(logger.lines).toMatchObject([
      {
        level: "error",
        fields: { err: { message: "broken" }, service: "b" },
        message: 'Service "b" of the worker failed to stop',
      },
    ]);
  });
});
