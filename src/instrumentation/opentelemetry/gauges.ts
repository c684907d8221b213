import type { BatchObservableCallback, Meter, ObservableGauge } from "@opentelemetry/api";
import type { Adapter } from "../../adapters/adapter.ts";
import { settings } from "../../job/settings/settings.ts";
import { readStore, type StoreReading } from "../store-reading.ts";
import { logSafely } from "../../support/logger.ts";

/**
 * Tells what waits in the store, whenever metrics are collected. The conventions have no names for
 * that, so these are ours.
 *
 * @returns what ends it.
 */
export function observeStore(meter: Meter, adapter: () => Adapter, maxNames: number): () => void {
  const gauge = (name: string, unit: string, description: string): ObservableGauge =>
    meter.createObservableGauge(name, { unit, description });
  const depth = gauge("mandate.queue.depth", "{job}", "Jobs that wait in a queue.");
  const latency = gauge(
    "mandate.queue.latency",
    "s",
    "For how long the next job of a queue has waited.",
  );
  const setSize = gauge(
    "mandate.set.size",
    "{job}",
    "Jobs that are scheduled, in retry, dead or blocked.",
  );
  const lateness = gauge(
    "mandate.set.lateness",
    "s",
    "By how much the first job of a set is overdue.",
  );
  const processes = gauge("mandate.process.count", "{process}", "Worker processes of the store.");
  const running = gauge(
    "mandate.job.running",
    "{job}",
    "Jobs that run, in all worker processes of the store.",
  );
  const ahead = gauge(
    "mandate.job.fetched_ahead",
    "{job}",
    "Jobs that worker processes hold and have no free slot for.",
  );

  const known = new KnownQueues(maxNames);
  const observe: BatchObservableCallback = async (to) => {
    try {
      const reading = await readStore(adapter(), maxNames);
      for (const { name, size, latency: waited } of known.withGone(reading.queues)) {
        const attributes = { ...system, "messaging.destination.name": name };
        to.observe(depth, size, attributes);
        to.observe(latency, waited, attributes);
      }
      for (const [set, size] of Object.entries(reading.sets)) {
        to.observe(setSize, size, { ...system, "mandate.set.name": set });
      }
      for (const [set, late] of Object.entries(reading.lateness)) {
        to.observe(lateness, late, { ...system, "mandate.set.name": set });
      }
      to.observe(processes, reading.processes, system);
      to.observe(running, reading.busy, system);
      to.observe(ahead, reading.fetchedAhead, system);
    } catch (error) {
      // What the process counted itself is told all the same.
      logSafely(
        settings().logger,
        "warn",
        { err: error },
        "Could not read the store for OpenTelemetry",
      );
    }
  };
  const gauges = [depth, latency, setSize, lateness, processes, running, ahead];
  meter.addBatchObservableCallback(observe, gauges);
  return () => meter.removeBatchObservableCallback(observe, gauges);
}

const system = { "messaging.system": "mandate" };

/**
 * The SDK tells the last value of an attribute on and on, so a queue that is gone has to be told
 * empty.
 */
class KnownQueues {
  readonly #limit: number;
  readonly #names = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  withGone(queues: StoreReading["queues"]): StoreReading["queues"] {
    const there = new Set(queues.map(({ name }) => name));
    const gone = [...this.#names].filter((name) => !there.has(name));
    there.forEach((name) => this.#names.add(name));
    // Whoever can enqueue can make up names. These are told to be empty now, and that holds.
    gone.slice(this.#limit).forEach((name) => this.#names.delete(name));
    return [...queues, ...gone.map((name) => ({ name, size: 0, latency: 0 }))];
  }
}
