import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { configure } from "mandate";
import { tellHealth, type Condition } from "../../src/cli/health.ts";
import { UsageError } from "../../src/cli/usage.ts";
import type { MetricsPage } from "../../src/cli/metrics.ts";
import { ConfigurationError } from "../../src/support/errors.ts";
import { Log } from "../worker/log.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("tellHealth, by HTTP", () => {
  it.each([
    [
      { sinceLastFetch: 3, isReady: true },
      { live: 200, ready: 200 },
    ],
    [
      { sinceLastFetch: 60, isReady: false },
      { live: 200, ready: 503 },
    ],
    [
      { sinceLastFetch: 61, isReady: true },
      { live: 503, ready: 503 },
    ],
    [
      { sinceLastFetch: Infinity, isReady: false },
      { live: 503, ready: 503 },
    ],
  ])("says of %j: %j", async (condition, expected) => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const port = await answering(condition);
    vi.advanceTimersByTime(100_000);

    const [live, ready] = await Promise.all([ask(port, "/live"), ask(port, "/ready?verbose")]);

    expect({ live: live.status, ready: ready.status }).toEqual(expected);
  });

  it("takes a worker for live that has just begun to start", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const port = await answering({ sinceLastFetch: Infinity, isReady: false });

    vi.advanceTimersByTime(60_000);
    const inTime = await ask(port, "/live");
    vi.advanceTimersByTime(1);
    const late = await ask(port, "/live");

    expect([inTime.status, late.status]).toEqual([200, 503]);
  });

  it("shows what it knows", async () => {
    const port = await answering({ sinceLastFetch: 1.5, isReady: true });

    const response = await ask(port, "/live");

    expect(await response.json()).toEqual({ live: true, ready: true, sinceLastFetch: 1.5 });
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("knows no other path", async () => {
    const port = await answering({ sinceLastFetch: 1, isReady: true });

    const response = await ask(port, "/");

    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: "There are /live, /ready and /metrics" });
  });

  it("shows metrics where there are some", async () => {
    const page = { contentType: "text/plain; version=0.0.4", text: async () => "mandate_busy 1\n" };
    const port = await answering({ sinceLastFetch: 1, isReady: true }, async () => page);

    const response = await ask(port, "/metrics");

    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(page.contentType);
    expect(await response.text()).toBe("mandate_busy 1\n");
  });

  it("says what metrics need where there are none", async () => {
    const port = await answering({ sinceLastFetch: 1, isReady: true });

    const response = await ask(port, "/metrics");

    expect(response.status).toBe(503);
    expect(await response.text()).toBe(
      "There are no metrics: install prom-client, and wait until the worker has started\n",
    );
  });

  it("says why it cannot show metrics, and goes on", async () => {
    const broken = { contentType: "text/plain", text: () => Promise.reject(new Error("no gauge")) };
    const port = await answering({ sinceLastFetch: 1, isReady: true }, async () => broken);

    const response = await ask(port, "/metrics");

    expect(response.status).toBe(503);
    expect(await response.text()).toBe("Cannot tell the metrics: no gauge\n");
    expect((await ask(port, "/live")).status).toBe(200);
  });

  it("refuses a port that another has", async () => {
    const port = await answering({ sinceLastFetch: 1, isReady: true });
    const condition = (): Condition => ({ sinceLastFetch: 1, isReady: true });

    await expect(tellHealth({ where: port, timeout: 60, condition })).rejects.toThrow(
      new ConfigurationError(
        `Cannot tell of the worker's health: listen EADDRINUSE: address already in use :::${port}. ` +
          "Give another port to --health",
      ),
    );
  });

  it("answers no more once it was ended", async () => {
    const log = new Log();
    configure({ logger: log });
    const condition = { sinceLastFetch: 1, isReady: true };
    const end = await tellHealth({ where: 0, timeout: 60, condition: () => condition });
    const { fields } = await log.line(/^Tells of its health/);

    end();

    await expect(ask(fields["port"] as number, "/live")).rejects.toThrow("fetch failed");
  });
});

describe("tellHealth, by a file", () => {
  it("touches it every 5 seconds while the worker is live", async () => {
    vi.useFakeTimers({ now: new Date("2026-11-21T12:00:00Z") });
    let sinceLastFetch = 0;
    const file = join(folder(), "live");
    await touching(file, () => ({ sinceLastFetch, isReady: true }));
    await vi.advanceTimersByTimeAsync(100_000);

    const living = readFileSync(file, "utf8");
    sinceLastFetch = 61;
    utimesSync(file, 0, 0);
    await vi.advanceTimersByTimeAsync(20_000);
    const untouched = statSync(file).mtimeMs;
    sinceLastFetch = 0;
    await vi.advanceTimersByTimeAsync(5_000);

    expect(living).toBe("2026-11-21T12:01:40.000Z\n");
    expect(untouched).toBe(0);
    expect(readFileSync(file, "utf8")).toBe("2026-11-21T12:02:05.000Z\n");
  });

  it("removes it at its end", async () => {
    const file = join(folder(), "live");
    const end = await touching(file, () => ({ sinceLastFetch: 0, isReady: true }));

    end();

    expect(() => statSync(file)).toThrow("ENOENT");
  });

  it("refuses one that cannot be written", async () => {
    const file = join(folder(), "no/such/folder/live");

    await expect(touching(file, () => ({ sinceLastFetch: 0, isReady: true }))).rejects.toThrow(
      new UsageError(
        `Cannot tell of the worker's health: ENOENT: no such file or directory, open '${file}'. ` +
          "Give another file to --health",
      ),
    );
  });
});

/** @returns the port. */
async function answering(
  condition: Condition,
  metrics?: () => Promise<MetricsPage>,
): Promise<number> {
  const log = new Log();
  configure({ logger: log });
  const shown = metrics === undefined ? {} : { metrics };
  const end = await tellHealth({ where: 0, timeout: 60, condition: () => condition, ...shown });
  onTestFinished(end);
  const { fields } = await log.line(/^Tells of its health/);
  return fields["port"] as number;
}

async function touching(where: string, condition: () => Condition): Promise<() => void> {
  const end = await tellHealth({ where, timeout: 60, condition });
  onTestFinished(end);
  return end;
}

function ask(port: number, path: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`);
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "mandate-health-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}
