import { metrics, trace } from "@opentelemetry/api";
import type { Adapter } from "../../adapters/adapter.ts";
import { checkInteger, checkOptionNames, describe } from "../../job/checks/checks.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { settings } from "../../job/settings/settings.ts";
import { BoundedNames } from "../bounded-names.ts";
import { subscribe } from "../subscribe.ts";
import { traceConsumer, type Joining } from "./consumer.ts";
import { observeStore } from "./gauges.ts";
import { Meters } from "./meters.ts";
import { traceProducer } from "./producer.ts";

/** How jobs are traced and measured. */
export interface OpenTelemetryOptions {
  /**
   * How the span of a run is joined to that of the enqueue: by a link, so that each run is a trace
   * of its own, or as its child. A job may run hours later, and again and again: links are what the
   * conventions recommend.
   *
   * @default "link"
   */
  readonly join?: Joining;
  /**
   * How many commands, and how many queues, metrics tell apart; the others count as "other".
   *
   * @default 200
   */
  readonly maxNames?: number;
  /**
   * Whether this process tells what waits in the store, whenever its metrics are collected. It is
   * the same from each process: where a backend adds them up, let one tell. @default true
   */
  readonly gauges?: boolean;
  /** The store of which that is told. @default the one of `configure` */
  readonly adapter?: Adapter;
}

/**
 * Traces and measures jobs by OpenTelemetry, from here on: a span for each enqueue and for each
 * run, the context carried in the record, the metrics of the semantic conventions, and gauges of
 * what waits in the store.
 *
 * It goes by the providers, the propagator and the context manager that are registered when it is
 * called: call it once, after `NodeSDK.start()`, in processes that defer and in those that work.
 *
 * @returns what ends it.
 * @throws {UnknownOptionError} if there is no such option.
 * @throws {ConfigurationError} if `join` is neither `"link"` nor `"parent"`.
 * @throws {RangeError} if `maxNames` is no integer from 1 up.
 *
 * @example
 * ```ts
 * import { startOpenTelemetry } from "mandate/opentelemetry";
 *
 * startOpenTelemetry();
 * ```
 */
export function startOpenTelemetry(options: OpenTelemetryOptions = {}): () => void {
  checkOptionNames(options, ["join", "maxNames", "gauges", "adapter"], "startOpenTelemetry");
  const { join = "link", maxNames = 200, gauges = true, adapter } = options;
  if (join !== "link" && join !== "parent") {
    throw new ConfigurationError(
      `Cannot use ${describe(join)} as join of startOpenTelemetry: give "link" or "parent"`,
    );
  }
  checkInteger(maxNames, "maxNames of startOpenTelemetry", 1);
  const tracer = trace.getTracer("mandate");
  const meter = metrics.getMeter("mandate");
  const meters = new Meters(meter, {
    queues: new BoundedNames(maxNames),
    classes: new BoundedNames(maxNames),
  });
  const ends = [
    traceProducer(tracer, meters),
    traceConsumer(tracer, meters, join),
    subscribe({
      limit: ({ queue }) => meters.limited(queue),
      unlimit: ({ queue }) => meters.unlimited(queue),
      batch: (event) => meters.batch(event),
    }),
  ];
  if (gauges) {
    ends.push(observeStore(meter, () => adapter ?? settings().adapter, maxNames));
  }
  return () => ends.forEach((end) => end());
}
