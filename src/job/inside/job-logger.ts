import type { Logger } from "../../support/logger.ts";
import { loggedAttributes } from "../surroundings/attributes.ts";
import type { Declarations } from "../declare/declarations.ts";
import { logArgumentsTrait } from "../declare/log-arguments.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import { settings } from "../settings/settings.ts";
import { wireArguments } from "../record/target.ts";

/** A logger whose every line says which job it belongs to. */
export function jobLogger(logger: Logger, job: JobHandle): Logger {
  const { id: jid, className, queueName: queue, tags } = job;
  const shown = { jid, job: className, queue, ...(tags.length === 0 ? {} : { tags }) };
  const fields = { ...loggedAttributes(), ...shown };
  return logger.child === undefined ? withFields(logger, fields) : logger.child(fields);
}

/**
 * The arguments as a log line may show them: on the wire, by reference, and filtered. Never throws.
 */
export function loggedArguments(
  job: JobHandle,
  declarations: Declarations,
): { readonly arguments?: readonly unknown[] } {
  const filter = settings().logArguments;
  if (!(logArgumentsTrait.of(declarations) ?? filter !== false)) {
    return {};
  }
  const args = wireArguments(job.record);
  try {
    return { arguments: typeof filter === "function" ? filter(args, job.className) : args };
  } catch {
    return { arguments: ["not shown: the filter of logArguments threw"] };
  }
}

export function performedText(
  { className, isHalted }: { readonly className: string; readonly isHalted: boolean },
  duration: number,
): string {
  const milliseconds = (duration * 1000).toFixed(duration < 0.01 ? 2 : 0);
  return isHalted ? `Halted ${className}` : `Performed ${className} in ${milliseconds} ms`;
}

function withFields(logger: Logger, fields: object): Logger {
  return {
    debug: (more, message) => logger.debug({ ...fields, ...more }, message),
    info: (more, message) => logger.info({ ...fields, ...more }, message),
    warn: (more, message) => logger.warn({ ...fields, ...more }, message),
    error: (more, message) => logger.error({ ...fields, ...more }, message),
    ...(logger.isLevelEnabled === undefined
      ? {}
      : { isLevelEnabled: (level) => logger.isLevelEnabled?.(level) ?? true }),
    ...(logger.level === undefined ? {} : { level: logger.level }),
  };
}
