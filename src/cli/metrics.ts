import { settings } from "../job/settings/settings.ts";
import type { PrometheusMetrics } from "../instrumentation/prometheus/start-prometheus.ts";

/** What is answered at `/metrics`. */
export type MetricsPage = Pick<PrometheusMetrics, "contentType" | "text">;

/** A process's metrics as prom-client's JSON, to be added up with those of others. */
export type MetricsOfProcess = readonly object[];

/**
 * Starts to collect metrics for Prometheus.
 *
 * @returns `undefined` where prom-client is not installed.
 */
export async function collectMetrics(): Promise<PrometheusMetrics | undefined> {
  try {
    const { startPrometheus } = await import("../instrumentation/prometheus/start-prometheus.ts");
    return startPrometheus();
  } catch (error) {
    settings().logger.debug({ err: error }, "There are no metrics: prom-client cannot be loaded");
    return undefined;
  }
}

/**
 * One page for several processes: counts are added up, and of what each reads from the store, the
 * greatest is shown.
 */
export async function addUpMetrics(
  processes: readonly MetricsOfProcess[],
): Promise<MetricsPage | undefined> {
  if (processes.length === 0) {
    return undefined;
  }
  const { AggregatorRegistry } = await import("prom-client");
  const registry = AggregatorRegistry.aggregate([...processes]);
  return { contentType: registry.contentType, text: () => registry.metrics() };
}
