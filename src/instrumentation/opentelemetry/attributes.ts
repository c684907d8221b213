import type { Attributes } from "@opentelemetry/api";
import { errorName } from "../../job/failure-fields.ts";

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

/** Which job, and what it runs. */
export function ofJob(jid: string, className: string): Attributes {
  return { "messaging.message.id": jid, "mandate.job.class": className };
}

export function ofError(error: unknown): Attributes {
  return { "error.type": errorName(error) };
}
