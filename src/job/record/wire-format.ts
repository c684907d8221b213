import type { WireFormat, WireFormats } from "../../adapters/wire-format.ts";
import type { Declarations } from "../declare/declarations.ts";
import { jobOptionsTrait } from "../declare/job-options.ts";
import { settings } from "../settings/settings.ts";

/**
 * Whether a job is written so that Rails performs it: as its class says, else its queue, else the
 * application.
 */
export function isForRuby(declarations: Declarations, queue: string): boolean {
  const { wireFormat, adapter } = settings();
  const format =
    jobOptionsTrait.of(declarations).wireFormat ??
    formatOf(wireFormat, queue) ??
    formatOf(adapter.wireFormat, queue);
  return format === "activejob";
}

function formatOf(formats: WireFormats | undefined, queue: string): WireFormat | undefined {
  if (typeof formats !== "object") {
    return formats;
  }
  const { queues = {}, default: others } = formats;
  return Object.hasOwn(queues, queue) ? queues[queue] : others;
}
