import { describe, expect, it } from "vitest";
import { UnknownOptionError } from "../../src/job/checks/checks.ts";
import { InvalidDurationError } from "../../src/support/duration.ts";
import { ConfigurationError } from "../../src/support/errors.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { workerSettings } from "../../src/worker/worker-options.ts";

describe("workerSettings", () => {
  it("has a default for each option", () => {
    const { queues, ...rest } = workerSettings({});

    expect(queues.weights).toEqual([["*", 1]]);
    expect(rest).toEqual({
      adapter: undefined,
      blockedAfter: 1,
      concurrency: 10,
      shutdownTimeout: 25,
      leaseTtl: undefined,
      logger: undefined,
      onUnknownJob: "retry",
      errorHandlers: [],
      deathHandlers: [],
      tag: "",
    });
  });

  it("reads durations", () => {
    const settings = workerSettings({ shutdownTimeout: "1 minute", leaseTtl: "30s" });

    expect(settings.shutdownTimeout).toBe(60);
    expect(settings.leaseTtl).toBe(30);
  });

  it("takes a lease for ever, and no time at all to shut down", () => {
    const settings = workerSettings({
      shutdownTimeout: 0,
      leaseTtl: Infinity,
      blockedAfter: Infinity,
    });

    expect(settings.shutdownTimeout).toBe(0);
    expect(settings.leaseTtl).toBe(Infinity);
    expect(settings.blockedAfter).toBe(Infinity);
  });

  it("keeps handlers from later changes of the list", () => {
    const errorHandlers = [() => undefined];

    const settings = workerSettings({ errorHandlers });
    errorHandlers.push(() => undefined);

    expect(settings.errorHandlers).toHaveLength(1);
  });

  it("refuses an unknown option, and names those there are", () => {
    expect(() => workerSettings({ concurency: 5 } as never)).toThrow(
      new UnknownOptionError("concurency", "new Worker()", [
        "adapter",
        "queues",
        "concurrency",
        "shutdownTimeout",
        "leaseTtl",
        "blockedAfter",
        "logger",
        "onUnknownJob",
        "errorHandlers",
        "deathHandlers",
        "tag",
      ]),
    );
  });

  it.each([
    [0, "0"],
    [-1, "-1"],
    [1.5, "1.5"],
    ["5", '"5"'],
  ])("refuses %j as concurrency", (concurrency, shown) => {
    expect(() => workerSettings({ concurrency: concurrency as number })).toThrow(
      new RangeError(
        `Cannot use ${shown} as concurrency of new Worker(): give an integer of at least 1`,
      ),
    );
  });

  it.each<[string, object, string]>([
    [
      "what is nothing to do with an unknown job",
      { onUnknownJob: "drop" },
      '"drop" as onUnknownJob of new Worker(): give "retry" or "leave"',
    ],
    [
      "an adapter that is none",
      { adapter: {} },
      "an object as adapter of new Worker(): give a MemoryAdapter, a RedisAdapter or one of your own",
    ],
    [
      "a logger that is none",
      { logger: { ...silentLogger, warn: undefined } },
      "an object as logger of new Worker(): give an object with the methods debug, info, warn, error",
    ],
    ["a tag that is none", { tag: 7 }, "7 as tag of new Worker(): give a string"],
    [
      "one handler without a list",
      { errorHandlers: () => undefined },
      "a function as errorHandlers of new Worker(): give a list of functions",
    ],
    [
      "a handler that is none",
      { deathHandlers: ["page"] },
      '"page" as deathHandlers of new Worker(): give a list of functions',
    ],
    [
      "a lease of no time",
      { leaseTtl: 0 },
      "0 as leaseTtl of new Worker(): give a duration above 0, or Infinity",
    ],
  ])("refuses %s", (_what, options, message) => {
    expect(() => workerSettings(options)).toThrow(new ConfigurationError(`Cannot use ${message}`));
  });

  it("refuses a duration that is none", () => {
    expect(() => workerSettings({ shutdownTimeout: -1 })).toThrow(InvalidDurationError);
  });
});
