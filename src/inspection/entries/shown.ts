import { printable } from "../../support/printable.ts";
import type { JobRecord } from "../../adapters/job-record.ts";
import { isWrapper, mandateJob } from "../../job/record/active-job.ts";
import { recordedAttributes } from "../../job/record/recorded-attributes.ts";
import { commandNameOf, displayName, wireArguments } from "../../job/record/target.ts";

/**
 * The name that operators know a job by: what it says itself, else the command's or the job's
 * inside of what wraps it.
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

/** What was going on when a job was deferred, by the field it stands in. */
export function shownContext(record: JobRecord): Record<string, Record<string, unknown>> {
  const fields = Object.entries(record).flatMap(([field, wire]) => {
    if (!/^cattr(_\d+)?$/.test(field) || typeof wire !== "object" || wire === null) {
      return [];
    }
    const shown = recordedAttributes(wire).map(
      ([name, value]) => [name, withoutMarkings(value)] as const,
    );
    return shown.length === 0 ? [] : [[field, Object.fromEntries(shown)] as const];
  });
  return Object.fromEntries(fields);
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
  const { _aj_globalid: globalId, _aj_serialized: by, value: text } = value as Marked;
  if (typeof globalId === "string") {
    return globalId;
  }
  if (SHOWN_BY_VALUE.includes(by as string)) {
    return text;
  }
  const entries = Object.entries(value).filter(([key]) => !key.startsWith("_aj_"));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutMarkings(inner)]));
}

/** Of a symbol it is its text; of arguments that are encrypted, that they are. */
const SHOWN_BY_VALUE = ["ActiveJob::Serializers::SymbolSerializer", "Mandate::EncryptedArguments"];

/** What Active Job writes in the place of a value that JSON does not have. */
interface Marked {
  readonly _aj_globalid?: unknown;
  readonly _aj_serialized?: unknown;
  readonly value?: unknown;
}

/** A job as it is printed: one line, without its arguments, which may be secret. */
export function entryLine(entry: {
  readonly className: string;
  readonly id: string | undefined;
  readonly queueName: string;
}): string {
  return printable(
    `${entry.className} ${entry.id ?? "without a jid"} (queue "${entry.queueName}")`,
  );
}
