import { Gauge, type Registry } from "prom-client";
import type { Delays } from "../event-loop-delay.ts";
import type { StoreReading } from "../store-reading.ts";

/**
 * What is so at the moment of a scrape. What all processes read of one store is the same, so the
 * program takes the greatest of theirs, and adds up nothing.
 */
export class Gauges {
  readonly #depth: Gauge;
  readonly #latency: Gauge;
  readonly #setSize: Gauge;
  readonly #lateness: Gauge;
  readonly #processes: Gauge;
  readonly #busy: Gauge;
  readonly #fetchedAhead: Gauge;
  readonly #delay: Gauge;
  readonly #read: () => Promise<void>;
  #reading: Promise<void> | undefined;

  /** @param read Shows what is so, by the methods below. Must not reject. */
  constructor(registry: Registry, read: () => Promise<void>) {
    this.#read = read;
    const gauge = (name: string, help: string, ...labelNames: string[]): Gauge =>
      new Gauge({
        registers: [registry],
        aggregator: "max",
        name,
        help,
        labelNames,
        collect: () => this.#readOnce(),
      });
    this.#depth = gauge("mandate_queue_depth", "Jobs that wait in a queue.", "queue");
    this.#latency = gauge(
      "mandate_queue_latency_seconds",
      "For how long the next job of a queue has waited.",
      "queue",
    );
    this.#setSize = gauge(
      "mandate_set_size",
      "Jobs that are scheduled, in retry, dead or blocked.",
      "set",
    );
    this.#lateness = gauge(
      "mandate_set_lateness_seconds",
      "By how much the first job of a set is overdue.",
      "set",
    );
    this.#processes = gauge("mandate_processes", "Worker processes of the store.");
    this.#busy = gauge("mandate_busy", "Jobs that run, in all worker processes of the store.");
    this.#fetchedAhead = gauge(
      "mandate_fetched_ahead",
      "Jobs that worker processes hold and have no free slot for.",
    );
    this.#delay = gauge(
      "mandate_event_loop_delay_seconds",
      "How late the event loop was since the last scrape; 1 is the longest delay.",
      "quantile",
    );
  }

  show({ queues, sets, lateness, processes, busy, fetchedAhead }: StoreReading): void {
    this.forget();
    for (const { name, size, latency } of queues) {
      this.#depth.set({ queue: name }, size);
      this.#latency.set({ queue: name }, latency);
    }
    for (const [set, size] of Object.entries(sets)) this.#setSize.set({ set }, size);
    for (const [set, seconds] of Object.entries(lateness)) this.#lateness.set({ set }, seconds);
    this.#processes.set(processes);
    this.#busy.set(busy);
    this.#fetchedAhead.set(fetchedAhead);
  }

  /** What was so before is not so any more: a queue was cleared, or the store does not answer. */
  forget(): void {
    for (const gauge of [this.#depth, this.#latency, this.#setSize, this.#lateness]) gauge.reset();
    this.#processes.remove();
    this.#busy.remove();
    this.#fetchedAhead.remove();
  }

  delays(delays: Delays): void {
    for (const [quantile, delay] of Object.entries(delays)) this.#delay.set({ quantile }, delay);
  }

  /** Each gauge asks, at the same moment. */
  #readOnce(): Promise<void> {
    return (this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    }));
  }
}
