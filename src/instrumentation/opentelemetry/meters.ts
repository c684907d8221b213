import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api";
import type { BatchEvent, EndEvent } from "../../job/observe/events.ts";
import type { BoundedNames } from "../bounded-names.ts";
import type { RunOutcome } from "../outcomes.ts";
import { messaging, ofError } from "./attributes.ts";

/** The boundaries of the semantic conventions, in seconds. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Something was thrown, be it `undefined`. */
type Failure = { readonly error: unknown } | undefined;

/** The metrics of the semantic conventions for messaging. */
export class Meters {
  readonly #names: { readonly queues: BoundedNames; readonly classes: BoundedNames };
  readonly #operationDuration: Histogram;
  readonly #sent: Counter;
  readonly #consumed: Counter;
  readonly #processDuration: Histogram;
  readonly #limited: Counter;
  readonly #unlimited: Counter;
  readonly #batches: Counter;

  constructor(meter: Meter, names: { queues: BoundedNames; classes: BoundedNames }) {
    const duration = { unit: "s", advice: { explicitBucketBoundaries: BOUNDARIES } };
    const count = { unit: "{message}" };
    this.#names = names;
    this.#operationDuration = meter.createHistogram("messaging.client.operation.duration", {
      ...duration,
      description: "How long it takes until the store has a job.",
    });
    this.#sent = meter.createCounter("messaging.client.sent.messages", {
      ...count,
      description: "Jobs that were sent to the store.",
    });
    this.#consumed = meter.createCounter("messaging.client.consumed.messages", {
      ...count,
      description: "Runs that began.",
    });
    this.#processDuration = meter.createHistogram("messaging.process.duration", {
      ...duration,
      description: "How long runs take.",
    });
    this.#limited = meter.createCounter("mandate.jobs.limited", {
      ...count,
      description: "Jobs that were found to be over a limit, and so blocked.",
    });
    this.#unlimited = meter.createCounter("mandate.jobs.unlimited", {
      ...count,
      description: "Jobs that were started which had been blocked by a limit.",
    });
    this.#batches = meter.createCounter("mandate.batches", {
      unit: "{batch}",
      description: "What happened to batches, by mandate.batch.event.",
    });
  }

  sent(queue: string, seconds: number, failure: Failure): void {
    const attributes = this.#attributes("send", queue, failure);
    this.#sent.add(1, attributes);
    this.#operationDuration.record(seconds, attributes);
  }

  consumed(queue: string): void {
    this.#consumed.add(1, this.#attributes("process", queue, undefined));
  }

  limited(queue: string): void {
    this.#limited.add(1, this.#attributes("process", queue, undefined));
  }

  unlimited(queue: string): void {
    this.#unlimited.add(1, this.#attributes("process", queue, undefined));
  }

  batch({ what }: BatchEvent): void {
    this.#batches.add(1, { "messaging.system": "mandate", "mandate.batch.event": what });
  }

  processed(outcome: RunOutcome, { className, queue, seconds }: EndEvent, failure: Failure): void {
    this.#processDuration.record(seconds, {
      ...this.#attributes("process", queue, failure),
      "mandate.job.class": this.#names.classes.label(className),
      "mandate.job.outcome": outcome,
    });
  }

  #attributes(operation: "send" | "process", queue: string, failure: Failure): Attributes {
    const attributes = messaging(operation, this.#names.queues.label(queue));
    return failure === undefined ? attributes : { ...attributes, ...ofError(failure.error) };
  }
}
