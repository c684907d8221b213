import type { Attributes, Exception } from "@opentelemetry/api";
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

/** Which job, and what it runs. */
export function ofJob(jid: string, className: string): Attributes {
  return { "messaging.message.id": jid, "mandate.job.class": className };
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
