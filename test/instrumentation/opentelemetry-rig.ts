import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type DataPoint,
  type Histogram,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from "@opentelemetry/sdk-trace-base";
import { onTestFinished } from "vitest";
import {
  startOpenTelemetry,
  type OpenTelemetryOptions,
} from "../../src/instrumentation/opentelemetry/start-opentelemetry.ts";

/** OpenTelemetry's SDK, which keeps in memory what it would send, and jobs that are traced by it. */
export class OpenTelemetryRig {
  readonly stop: () => void;
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({ exporter: this.#metrics });

  constructor(options?: OpenTelemetryOptions) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    const spanProcessors = [new SimpleSpanProcessor(this.#spans)];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
    const meters = new MeterProvider({ readers: [this.#reader] });
    metrics.setGlobalMeterProvider(meters);
    this.stop = startOpenTelemetry(options);
    onTestFinished(async () => {
      this.stop();
      for (const api of [context, propagation, trace, metrics]) api.disable();
      await meters.shutdown();
    });
  }

  /** Those that ended, in that order. */
  get spans(): ReadableSpan[] {
    return this.#spans.getFinishedSpans();
  }

  /** The last that ended of that name. */
  span(name: string): ReadableSpan {
    const found = this.spans.findLast((span) => span.name === name);
    if (found === undefined) {
      const names = this.spans.map((span) => span.name).join(", ");
      throw new Error(`Expected a span "${name}", found ${names || "none"}`);
    }
    return found;
  }

  /** A metric's points: attributes, and the value, or a histogram's count. */
  async points(name: string): Promise<{ attributes: object; value: number }[]> {
    await this.#reader.forceFlush();
    const all = this.#metrics.getMetrics().at(-1)?.scopeMetrics ?? [];
    const metric = all
      .flatMap((scope) => scope.metrics)
      .find((each) => each.descriptor.name === name);
    if (metric === undefined) return [];
    return metric.dataPointType === DataPointType.HISTOGRAM
      ? metric.dataPoints.map(({ attributes, value }: DataPoint<Histogram>) => ({
          attributes,
          value: value.count,
        }))
      : metric.dataPoints.map(({ attributes, value }) => ({ attributes, value: value as number }));
  }
}
