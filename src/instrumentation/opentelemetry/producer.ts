import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
  type Tracer,
} from "@opentelemetry/api";
import type { JobHandle } from "../../job/handle/job-handle.ts";
import { addOutermost } from "../../job/settings/outermost-middleware.ts";
import { isPrepared } from "../../job/defer/prepared-job.ts";
import { clock } from "../../support/clock.ts";
import { thrownMessage } from "../../support/thrown.ts";
import { subscribe } from "../subscribe.ts";
import { messaging, ofError, ofJob, recordable } from "./attributes.ts";
import type { Meters } from "./meters.ts";

/**
 * Makes a span of each enqueue, and lets the job carry its context: as Ruby's
 * `opentelemetry-instrumentation-sidekiq` does, by fields `traceparent` and `tracestate` of the
 * record.
 *
 * @returns what ends it.
 */
export function traceProducer(tracer: Tracer, meters: Meters): () => void {
  const open = new Map<string, Span>();
  const unsubscribe = subscribe({
    enqueue: ({ jid, batchSize }) => {
      if (jid !== undefined && batchSize > 1) {
        // The conventions have a count for a span of a whole batch, and not for one of a single
        // message.
        open.get(jid)?.setAttribute("mandate.job.batch_size", batchSize);
      }
    },
  });

  async function send(job: JobHandle, next: () => Promise<void>): Promise<void> {
    const { id, queueName } = job;
    const startedAt = clock.monotonic();
    const attributes = { ...messaging("send", queueName), ...ofJob(job) };
    const span = tracer.startSpan(`send ${queueName}`, { kind: SpanKind.PRODUCER, attributes });
    const inside = trace.setSpan(context.active(), span);
    propagation.inject(inside, job.record);
    open.set(id, span);
    let failure: { readonly error: unknown } | undefined;
    try {
      await context.with(inside, next);
    } catch (error) {
      failure = { error };
      span.recordException(recordable(error));
      span.setStatus({ code: SpanStatusCode.ERROR, message: thrownMessage(error) });
      span.setAttributes(ofError(error));
      throw error;
    } finally {
      open.delete(id);
      const isHalted = failure === undefined && isPrepared(job) && !job.isAccepted;
      if (isHalted) {
        span.setAttribute("mandate.job.halted", true);
      } else if (job.isDuplicate) {
        span.setAttribute("mandate.job.duplicate_of", job.id);
      } else {
        meters.sent(queueName, clock.monotonic() - startedAt, failure);
      }
      span.end();
    }
  }

  const remove = addOutermost("enqueue", send);
  return () => {
    remove();
    unsubscribe();
  };
}
