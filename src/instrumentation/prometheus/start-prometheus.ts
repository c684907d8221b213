import { register, type Registry } from "prom-client";
import type { Adapter } from "../../adapters/adapter.ts";
import { checkInteger, checkOptionNames } from "../../job/checks/checks.ts";
import { settings } from "../../job/settings/settings.ts";
import { shared } from "../../support/shared-state.ts";
import { BoundedNames } from "../bounded-names.ts";
import { EventLoopDelay } from "../event-loop-delay.ts";
import { readStore } from "../store-reading.ts";
import { countEvents } from "./counts.ts";
import { Gauges } from "./gauges.ts";
import { logSafely } from "../../support/logger.ts";

/** What is measured for Prometheus, and where it is kept. */
export interface PrometheusOptions {
  /**
   * Where the metrics are added.
   *
   * @default prom-client's own registry, where an application's usually are
   */
  readonly registry?: Registry;
  /** The store whose queues are shown. @default the one of `configure` */
  readonly adapter?: Adapter;
  /**
   * How many commands, and how many queues, are told apart; the others count as "other".
   *
   * @default 200
   */
  readonly maxNames?: number;
}

/** Metrics that are being collected. */
export interface PrometheusMetrics {
  /** Where they are. */
  readonly registry: Registry;
  /** The `content-type` of `text()`. */
  readonly contentType: string;
  /** All of the registry as a scrape gets it. Never rejects because of a store that is away. */
  text(): Promise<string>;
  /** Counts no more, and empties the registry of these metrics. */
  stop(): void;
}

const started = shared("prometheus", () => new WeakMap<Registry, PrometheusMetrics>());

/**
 * Collects metrics of jobs for Prometheus, from here on. `mandate worker --health <port>` does so
 * by itself, and answers at `/metrics`; this is for a server of one's own.
 *
 * Commands are counted where they happen, so each process has its own; queues and sets are read
 * from the store at each scrape, and are the same from each process.
 *
 * @returns what renders and ends it; for a registry that has such metrics, those there are.
 * @throws {UnknownOptionError} if there is no such option.
 * @throws {RangeError} if `maxNames` is no integer from 1 up.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { startPrometheus } from "mandate/prometheus";
 *
 * const metrics = startPrometheus();
 * createServer(async (_request, response) => {
 *   response.setHeader("content-type", metrics.contentType);
 *   response.end(await metrics.text());
 * }).listen(9394);
 * ```
 */
export function startPrometheus(options: PrometheusOptions = {}): PrometheusMetrics {
  checkOptionNames(options, ["registry", "adapter", "maxNames"], "startPrometheus");
  const { registry = register, adapter, maxNames = 200 } = options;
  checkInteger(maxNames, "maxNames of startPrometheus", 1);
  const known = started.get(registry);
  if (known !== undefined) {
    return known;
  }
  const metrics = collect(registry, () => adapter ?? settings().adapter, maxNames);
  started.set(registry, metrics);
  return metrics;
}

function collect(registry: Registry, adapter: () => Adapter, maxNames: number): PrometheusMetrics {
  const before = new Set(registry.getMetricsAsArray().map(({ name }) => name));
  const names = { classes: new BoundedNames(maxNames), queues: new BoundedNames(maxNames) };
  const delay = new EventLoopDelay();
  const gauges: Gauges = new Gauges(registry, async () => {
    gauges.delays(delay.take());
    try {
      gauges.show(await readStore(adapter(), maxNames));
    } catch (error) {
      // A scrape has to say what it can, above all while something is broken.
      gauges.forget();
      logSafely(settings().logger, "warn", { err: error }, "Could not read the store for a scrape");
    }
  });
  const stopCounting = countEvents(registry, names);
  const ours = registry.getMetricsAsArray().filter(({ name }) => !before.has(name));
  delay.start();
  return {
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    stop() {
      stopCounting();
      delay.stop();
      ours.forEach(({ name }) => registry.removeSingleMetric(name));
      started.delete(registry);
    },
  };
}
