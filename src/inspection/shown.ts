import type { JobRecord } from "../adapters/job-record.ts";
import { isWrapper, mandateJob } from "../job/active-job.ts";
import { commandNameOf, displayName, wireArguments } from "../job/target.ts";

/**
 * The name that operators know a job by: what it says itself, else the command's or the job's inside of what
 * wraps it.
 *
 * @see Sidekiq 8.1 `lib/sidekiq/api.rb`, `display_class`
 */
export function shownName(record: JobRecord): string {
  const { class: name, display_class: display, wrapped } = record;
  if (typeof display === "string") {
    return display;
  }
  const args = wrappedArguments(record);
  if (args === undefined) {
    return typeof name !== "string" ? "" : Array.isArray(record.args) ? displayName(record) : name;
  }
  const inner = typeof wrapped === "string" ? wrapped : "";
  return commandNameOf({ ...record, class: inner, args }) ?? inner;
}

/** The arguments to show: those of the command or job inside, without Rails's own markings. */
export function shownArguments(record: JobRecord): readonly unknown[] {
  const args = wrappedArguments(record);
  if (args === undefined) {
    return Array.isArray(record.args) ? wireArguments(record) : [];
  }
  const inner = record["wrapped"] === mandateJob ? args.slice(1) : args;
  return inner.map(withoutMarkings);
}

/** The arguments of the Rails job that a record wraps; `undefined` where it wraps none. */
function wrappedArguments({ class: name, args }: JobRecord): unknown[] | undefined {
  if (!isWrapper(name) || !Array.isArray(args)) {
    return undefined;
  }
  const { arguments: inner } = (args[0] ?? {}) as { arguments?: unknown };
  return Array.isArray(inner) ? inner : [];
}

function withoutMarkings(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutMarkings);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const { _aj_globalid: globalId } = value as { _aj_globalid?: unknown };
  if (typeof globalId === "string") {
    return globalId;
  }
  const entries = Object.entries(value).filter(([key]) => !key.startsWith("_aj_"));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutMarkings(inner)]));
}
