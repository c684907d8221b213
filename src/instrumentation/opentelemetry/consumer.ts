import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
  type Tracer,
} from "@opentelemetry/api";
import type { EndEvent, StartEvent } from "../../job/observe/events.ts";
import type { JobHandle } from "../../job/handle/job-handle.ts";
import { addOutermost } from "../../job/settings/outermost-middleware.ts";
import { thrownMessage } from "../../support/thrown.ts";
import { isFailed, subscribeToOutcomes, type RunOutcome } from "../outcomes.ts";
import { subscribe } from "../subscribe.ts";
import { messaging, ofError, ofJob, recordable } from "./attributes.ts";
import type { Meters } from "./meters.ts";

/** How a run's span is joined to the span of its enqueue. */
export type Joining = "link" | "parent";

interface Run {
  readonly event: StartEvent;
  span: Span | undefined;
}

/**
 * Makes a span of each run, which is active in it. It begins with middleware, because only there
 * one can stand around a run, and ends with the event that says how the run ended.
 *
 * @returns what ends it.
 */
export function traceConsumer(tracer: Tracer, meters: Meters, joining: Joining): () => void {
  /** By jid: a process runs a job once at a time, unless it lost it meanwhile. */
  const runs = new Map<string, Run>();

  async function process(job: JobHandle, next: () => Promise<void>): Promise<void> {
    const run = runs.get(job.id);
    if (run === undefined) {
      // The run began before the instrumentation did: no event will end its span.
      return next();
    }
    const { queue, attempt, latency } = run.event;
    const carried = propagation.extract(ROOT_CONTEXT, job.record);
    const producer = joining === "link" ? trace.getSpanContext(carried) : undefined;
    const attributes = {
      ...messaging("process", queue),
      ...ofJob(job),
      "mandate.job.attempt": attempt,
      ...(latency === undefined ? {} : { "mandate.job.latency": latency }),
    };
    const span = tracer.startSpan(
      `process ${queue}`,
      {
        kind: SpanKind.CONSUMER,
        attributes,
        root: joining === "link",
        links: producer === undefined ? [] : [{ context: producer }],
      },
      carried,
    );
    run.span = span;
    return context.with(trace.setSpan(carried, span), next);
  }

  function started(event: StartEvent): void {
    meters.consumed(event.queue);
    if (event.jid !== undefined) {
      runs.set(event.jid, { event, span: undefined });
    }
  }

  function ended(outcome: RunOutcome, event: EndEvent & { readonly error?: unknown }): void {
    const isFailure = isFailed(outcome);
    meters.processed(outcome, event, isFailure ? { error: event.error } : undefined);
    const span = runs.get(event.jid ?? "")?.span;
    runs.delete(event.jid ?? "");
    if (span === undefined) {
      return;
    }
    span.setAttribute("mandate.job.outcome", outcome);
    if (event.error !== undefined) {
      span.recordException(recordable(event.error));
    }
    if (isFailure) {
      span.setAttributes(ofError(event.error));
      span.setStatus({ code: SpanStatusCode.ERROR, message: thrownMessage(event.error) });
    }
    span.end();
  }

  const ends = [
    subscribe({ start: started }),
    subscribeToOutcomes(ended),
    addOutermost("perform", process),
  ];
  return () => ends.forEach((end) => end());
}
