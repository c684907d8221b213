import { editPayload, fieldText, JsonText } from "../adapters/payload.ts";
import { isWrapper } from "../job/record/active-job.ts";

/** How a job is told when it was due: as a number, or in a map as `scheduled_at`. */
export type AppendedTime = "time" | "metadata";

/**
 * A payload's arguments with the time behind them, as sidekiq-cron and sidekiq-scheduler add it: an
 * Active Job's behind its own.
 *
 * @param at Epoch seconds.
 */
export function argumentsWithTime(payload: string, how: AppendedTime, at: number): JsonText {
  const args = fieldText(payload, "args") ?? "[]";
  if (!isWrapper(JSON.parse(fieldText(payload, "class") ?? '""'))) {
    return append(args, how === "time" ? at : { scheduled_at: at });
  }
  const activeJob = args.slice(args.indexOf("{"), args.lastIndexOf("}") + 1);
  const own = fieldText(activeJob, "arguments") ?? "[]";
  // A map whose keys are texts, as Active Job writes it.
  const time = how === "time" ? at : { scheduled_at: at, _aj_symbol_keys: [] };
  return new JsonText(`[${editPayload(activeJob, { arguments: append(own, time) })}]`);
}

function append(list: string, value: unknown): JsonText {
  const before = list.slice(0, list.lastIndexOf("]")).trimEnd();
  return new JsonText(`${before}${before === "[" ? "" : ","}${JSON.stringify(value)}]`);
}
