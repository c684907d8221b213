import { rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { settings } from "../job/settings/settings.ts";
import { clock } from "../support/clock.ts";
import { ConfigurationError } from "../support/errors.ts";
import { thrownMessage } from "../support/thrown.ts";
import type { MetricsPage } from "./metrics.ts";
import { Ticker } from "../worker/ticker.ts";
import { UsageError } from "./usage.ts";

/** What a worker says of itself. */
export interface Condition {
  /** Seconds; `Infinity` before the first. */
  readonly sinceLastFetch: number;
  /** The worker has started, and was not told to be quiet or to stop. */
  readonly isReady: boolean;
}

export interface HealthOptions {
  /** A port to answer on, or a file to touch. */
  readonly where: number | string;
  /** Seconds without an answer of the store after which a worker no longer counts as live. */
  readonly timeout: number;
  readonly condition: () => Condition;
  /**
   * What to answer at `/metrics`, on a port; `undefined` where there are no metrics, or not yet.
   */
  readonly metrics?: () => Promise<MetricsPage | undefined>;
}

/** Seconds. */
const TOUCH_EVERY = 5;

/**
 * Says to others whether a worker is live and ready. Live means that the store answered it lately,
 * not that its process is there; it is live too for so long after its start.
 *
 * @returns what ends it.
 * @throws {ConfigurationError} if the port is in use.
 * @throws {UsageError} if the file cannot be written.
 */
export async function tellHealth({
  where,
  timeout,
  condition,
  metrics = () => Promise.resolve(undefined),
}: HealthOptions): Promise<() => void> {
  const startedAt = clock.monotonic();
  const look = (): Health => {
    const { sinceLastFetch, isReady } = condition();
    const live = Math.min(sinceLastFetch, clock.monotonic() - startedAt) <= timeout;
    return { live, ready: live && isReady, sinceLastFetch };
  };
  return typeof where === "number" ? answerOn(where, look, metrics) : touch(where, look);
}

interface Health {
  readonly live: boolean;
  readonly ready: boolean;
  readonly sinceLastFetch: number;
}

type Metrics = NonNullable<HealthOptions["metrics"]>;

async function answerOn(port: number, look: () => Health, metrics: Metrics): Promise<() => void> {
  const server = createServer(answer(look, metrics));
  try {
    await listen(server, port);
  } catch (cause) {
    throw new ConfigurationError(
      `Cannot tell of the worker's health: ${(cause as Error).message}. Give another port to --health`,
      { cause },
    );
  }
  const { port: given } = server.address() as AddressInfo;
  settings().logger.info(
    { port: given },
    "Tells of its health by HTTP: /live, /ready and /metrics",
  );
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

/**
 * `{"live":true,"ready":true,"sinceLastFetch":1.5}`, with 200 where the path's word is true, else
 * 503.
 */
function answer(look: () => Health, metrics: Metrics): RequestListener {
  return ({ url = "" }, response) => {
    const [path] = url.split("?");
    if (path === "/metrics") {
      void answerMetrics(response, metrics);
      return;
    }
    const health = look();
    const isWell = path === "/live" ? health.live : path === "/ready" ? health.ready : undefined;
    const status = isWell === undefined ? 404 : isWell ? 200 : 503;
    const text = isWell === undefined ? { error: "There are /live, /ready and /metrics" } : health;
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(`${JSON.stringify(text)}\n`);
  };
}

/** Never rejects. */
async function answerMetrics(response: ServerResponse, metrics: Metrics): Promise<void> {
  let page: MetricsPage | undefined;
  let text = "There are no metrics: install prom-client, and wait until the worker has started\n";
  try {
    page = await metrics();
    text = (await page?.text()) ?? text;
  } catch (error) {
    page = undefined;
    text = `Cannot tell the metrics: ${thrownMessage(error)}\n`;
  }
  const type = page?.contentType ?? "text/plain; charset=utf-8";
  response.writeHead(page === undefined ? 503 : 200, { "content-type": type });
  response.end(text);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** The file's time is the last one at which the worker was live. */
function touch(file: string, look: () => Health): () => void {
  const touchIfLive = (): void => {
    if (look().live) {
      writeFileSync(file, `${new Date(clock.now() * 1000).toISOString()}\n`);
    }
  };
  try {
    touchIfLive();
  } catch (cause) {
    throw new UsageError(
      `Cannot tell of the worker's health: ${(cause as Error).message}. Give another file to --health`,
      { cause },
    );
  }
  // A disk that is full later is no reason to end: the file grows old, and says so.
  const ticker = new Ticker(TOUCH_EVERY, () => {
    try {
      touchIfLive();
    } catch {}
  });
  ticker.start();
  return () => {
    ticker.stop();
    rmSync(file, { force: true });
  };
}
