import { configure } from "mandate";
import { describe, expect, it, vi } from "vitest";
import { addUpMetrics, collectMetrics } from "../../src/cli/metrics.ts";
import { Log } from "../worker/log.ts";

describe("collectMetrics", () => {
  it("has none where prom-client is not installed, and says so to whoever asks for detail", async () => {
    vi.doMock("prom-client", () => {
      throw new Error("Cannot find package 'prom-client'");
    });
    const log = new Log();
    configure({ logger: log });

    expect(await collectMetrics()).toBeUndefined();

    vi.doUnmock("prom-client");
    expect(log.lines).toMatchObject([
      { level: "debug", message: "There are no metrics: prom-client cannot be loaded" },
    ]);
  });
});

describe("addUpMetrics", () => {
  it("has no page where no process has metrics", async () => {
    expect(await addUpMetrics([])).toBeUndefined();
  });
});
