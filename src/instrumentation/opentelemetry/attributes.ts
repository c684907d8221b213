import type { Attributes, Exception } from "@opentelemetry/api";
import type { JobHandle } from "../../job/handle/job-handle.ts";
import { readOr, shownThrown, thrownName } from "../../support/thrown.ts";

/**
 * What spans and metrics say of a job.
 *
 * @see OpenTelemetry's semantic conventions for messaging, 1.37, which are in development still
 */
export function messaging(operation: "send" | "process", queue: string): Attributes {
  return {
    "messaging.system": "mandate",
    "messaging.operation.name": operation,
    "messaging.operation.type": operation,
    "messaging.destination.name": queue,
  };
}

/** Which job, what it runs, and the batch that it is of, or a callback of. */
export function ofJob({ id, className, record }: JobHandle): Attributes {
  const { batch } = record;
  const attributes = { "messaging.message.id": id, "mandate.job.class": className };
  return typeof batch === "string" ? { ...attributes, "mandate.batch.id": batch } : attributes;
}

export function ofError(error: unknown): Attributes {
  return { "error.type": thrownName(error) };
}

/** What a span records of an error: to read that itself, it might run into anything. */
export function recordable(error: unknown): Exception {
  const code = readOr(undefined, () => (error as { code?: unknown } | undefined)?.code);
  const shown = shownThrown(error);
  return typeof code === "string" || typeof code === "number" ? { ...shown, code } : shown;
}
