import { MemoryAdapter, silentLogger } from "mandate";
import { describe, expect, it } from "vitest";
import { settings } from "../../../src/job/settings/settings.ts";

describe("settings", () => {
  it("are Sidekiq's and ActiveJob's defaults", () => {
    expect(settings()).toMatchObject({
      container: undefined,
      defaultQueue: "default",
      retry: 25,
      enqueueTimeout: 5,
      enqueueMiddleware: [],
      performMiddleware: [],
      logArguments: true,
      reloading: false,
    });
  });

  it("make the default adapter and logger when they are first asked for, once", () => {
    const { adapter, logger } = settings();

    expect(adapter).toBeInstanceOf(MemoryAdapter);
    expect(settings().adapter).toBe(adapter);
    expect(settings().logger).toBe(logger);
  });

  it("are one object, for all copies of the package", () => {
    settings().logger = silentLogger;

    expect(settings().logger).toBe(silentLogger);
    expect((globalThis as any)[Symbol.for("mandate.settings")]).toBe(settings());
  });
});
